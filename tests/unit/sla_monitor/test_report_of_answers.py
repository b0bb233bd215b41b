"""The report where several people had a lead, where the first answer kept no promise, and where one channel ended."""

from datetime import timedelta

import pytest

from leadline_sla_monitor.core.report import report
from leadline_sla_monitor.core.tallies import MICRO, PARTS
from tests.support.golden import instant
from tests.support.sla_reports import as_read, folded
from tests.support.sla_story import HOUR, MINUTE, SECOND, Story, act, captured, request, routed

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
ASKED = request("r", "demo_request", START)  # a mail within 5 min, a call within an hour
LAPSED = START + 15 * MINUTE + 2 * SECOND
READ = START + 30 * MINUTE


def begun(*, horizon_known: bool = True) -> Story:
    """Ana has it from the second second on."""
    story = Story(START, horizon_known=horizon_known)
    story.reads(captured(START, ASKED))
    story.reads(routed(START + 2 * SECOND, ASKED), START + 2 * SECOND)
    return story


def given_to_ben(*, horizon_known: bool = True) -> Story:
    """Ana let her promise and her clock go by."""
    story = begun(horizon_known=horizon_known)
    story.reads(routed(LAPSED, ASKED, revision=2, owner="ben", assignment=2, cause="owner_clock_lapsed"), LAPSED)
    return story


@pytest.mark.parametrize("horizon_known", [True, False])
def test_a_broken_promise_stays_whose_it_was_and_why_when_the_next_one_answers(horizon_known: bool) -> None:
    story = given_to_ben(horizon_known=horizon_known)
    story.reads(act("mail", "email.sent", READ, "ben"), READ)
    assert story.life("first_email")[-2:] == ["breached", "resolved_late"]
    events = as_read(story.told)
    for mixed in (events, events[::-1], [*events, *events]):
        found = report(folded(mixed, START), READ + MINUTE, "owner")
        assert list(found.kept) == [("ana", "")], "ben broke nothing"
        kept = found.kept["ana", ""]
        assert (kept.breached, kept.late, kept.causes) == (1, 1, {"owner": 1})
        assert kept.provisional == (not horizon_known)


def test_an_answer_in_time_is_hers_who_had_the_lead_then_however_late_it_is_read() -> None:
    story = given_to_ben()
    story.reads(act("mail", "email.sent", START + 2 * MINUTE, "ana"), READ)
    assert story.life("first_email")[-1] == "breach_retracted"
    kept = report(folded(as_read(story.told), START), READ + MINUTE, "owner").kept
    assert list(kept) == [("ana", "")] and (kept["ana", ""].met, kept["ana", ""].retracted) == (1, 1)


def test_who_waits_waits_for_whom_the_lead_was_given_to_last_whatever_its_promises_say() -> None:
    story = given_to_ben()  # the call is due later, and nothing was told of it since ana had the lead
    assert story.of("first_call")[-1].owner == "ana"
    events = as_read(story.told)
    for mixed in (events, events[::-1], [*events, *events]):
        found = report(folded(mixed, START), LAPSED + MINUTE, "owner")
        assert {group: speed.waiting for group, speed in found.speed.items()} == {"ben": 1}
        assert found.kept["ana", ""].breached == 1, "the mail that was due before stays hers"


@pytest.mark.parametrize(
    ("kind", "carrier"),
    [("call.attempted", "first_call"), ("call.connected", "first_email"), ("email.sent", "first_email")],
)
def test_a_first_answer_that_keeps_no_promise_is_how_long_the_lead_waited(kind: str, carrier: str) -> None:
    story = begun()
    story.reads(act("chat", "chat.message", START + 2 * MINUTE, "ana"), START + 2 * MINUTE)
    story.reads(act("next", kind, START + 20 * MINUTE, "ben"), START + 20 * MINUTE)
    story.until(START + 3 * HOUR)
    (told,) = [each for each in story.told if each.system_s is not None]
    assert (told.target, told.system_s, told.human_s, told.closed_s) == (carrier, 2, 118, 0)
    speed = report(folded(as_read(story.told), START), START + 4 * HOUR, "policy").whole_speed
    assert speed.waiting == 0 and [time / MICRO for time in speed.times["wall"]] == [120]


@pytest.mark.parametrize("bounced_after", [10 * MINUTE, 4 * MINUTE], ids=["when it was due", "before it was due"])
def test_where_the_first_mail_bounces_the_call_that_came_after_it_is_the_first_answer(bounced_after: timedelta) -> None:
    story = begun()
    story.reads(act("mail", "email.sent", START + 2 * MINUTE, "ana"), START + 2 * MINUTE)
    story.reads(act("call", "call.attempted", START + 3 * MINUTE, "ben"), START + 3 * MINUTE)
    story.reads(act("bounce", "email.bounced", START + bounced_after), START + bounced_after)
    taken_back = story.of("first_email")[-1 if bounced_after > 5 * MINUTE else -2]
    assert taken_back.first_response is not None and taken_back.first_response.kind == "call.attempted"
    story.reads(act("again", "email.sent", START + 12 * MINUTE, "ana"), START + 12 * MINUTE)
    events = as_read(story.told)
    for mixed in (events, events[::-1], [*events, *events]):
        speed = report(folded(mixed, START), START + HOUR, "owner").speed
        assert {who: [time / MICRO for time in each.times["wall"]] for who, each in speed.items()} == {"ben": [180]}
        assert speed["ben"].waiting == 0 and sum(speed["ben"].mean(part) or 0 for part in PARTS) == 180


def test_an_answer_that_takes_two_breaches_back_is_told_once_as_the_first() -> None:
    story = begun()
    story.until(START + 2 * HOUR)
    story.reads(act("call", "call.connected", START + 3 * MINUTE, "ana", received_at=story.now))
    assert [story.life(target)[-1] for target in ("first_email", "first_call")] == ["breach_retracted"] * 2
    (told,) = [each for each in story.told if each.system_s is not None]
    assert (told.target, told.system_s, told.human_s) == ("first_email", 2, 178)
    events = as_read(story.told)
    for mixed in (events, events[::-1], [*events, *events]):
        speed = report(folded(mixed, START), story.now, "policy").whole_speed
        assert [time / MICRO for time in speed.times["wall"]] == [180] and speed.waiting == 0


def test_where_the_only_answer_bounces_the_lead_waits_until_the_next() -> None:
    story = begun()
    story.reads(act("mail", "email.sent", START + 2 * MINUTE, "ana"), START + 2 * MINUTE)
    story.reads(act("bounce", "email.bounced", START + 10 * MINUTE), START + 10 * MINUTE)
    speed = report(folded(as_read(story.told), START), START + HOUR, "policy").whole_speed
    assert (speed.answered, speed.waiting) == (0, 1)
    story.reads(act("call", "call.attempted", START + 20 * MINUTE, "ana"), START + 20 * MINUTE)
    speed = report(folded(as_read(story.told), START), START + HOUR, "policy").whole_speed
    assert [time / MICRO for time in speed.times["wall"]] == [1200] and speed.waiting == 0


def test_who_may_not_be_called_any_more_still_waits_for_the_mail() -> None:
    """Broken at 5 min; the call is asked for no more after 10: whoever was not answered is left out of nothing."""
    story, at = begun(), START + 10 * MINUTE
    story.reads(act("no calls", "consent.withdrawn", at, purpose="respond", channel="phone"), at)
    assert story.life("first_email")[-1] == "breached" and story.life("first_call")[-1] == "cancelled"
    found = report(folded(as_read(story.told), START), at + MINUTE, "policy")
    assert (found.whole_speed.waiting, found.whole_speed.answered) == (1, 0)
    early = begun()
    early.reads(act("nothing", "consent.withdrawn", START + MINUTE, purpose="respond", channel="any"), START + MINUTE)
    assert not report(folded(as_read(early.told), START), at, "policy").speed, "nobody waits who wants no answer"
