"""What on-call is told of promises that are open and of leads that wait: by the states alone, whoever made them."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given

from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.core.waiting import STALE_AFTER
from leadline_sla_monitor.open_promises import CLOCKS, OpenPromises, Queue
from tests.support.golden import instant
from tests.support.sla_pauses import pause
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, SECOND, Story, act, captured, merged, request, routed
from tests.unit.sla_monitor.test_laws import Happened, Script, delays, laws, read_as_it_comes, scripts

START = instant("2026-03-10T14:00:00Z")
DEMO = request("r", "demo_request", START)


def begun() -> Story:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO), START + 2 * SECOND)
    return story


def picture(story: Story) -> OpenPromises:
    """What a survey finds: leads with an alarm, as they are stored."""
    found = OpenPromises()
    if story.state.timer_at is not None:
        found.put(LEAD, STEP.body.decode(STEP.body.encode(story.state.body)))
    return found


def waits(story: Story) -> bool:
    return picture(story).waiting.earliest() is not None


def test_open_promises_are_counted_by_clock_and_the_next_due_is_that_of_the_soonest_to_a_customer() -> None:
    seen = picture(begun())
    assert [seen.count[clock] for clock in CLOCKS] == [0, 2, 1, 1]
    assert seen.due.earliest() == START + 5 * MINUTE
    other = UUID(int=1)
    later = begun()
    later.until(START + 10 * MINUTE)
    assert picture(later).due.earliest() == START + HOUR, (
        "the owner's clock, due before it, is no promise to a customer"
    )
    seen.put(other, later.state.body)
    seen.drop(LEAD)
    assert [seen.count[clock] for clock in CLOCKS] == [0, 1, 1, 1]
    assert seen.due.earliest() == START + HOUR
    seen.drop(other)
    assert not any(seen.count.values())
    assert seen.due.earliest() is None and seen.waiting.earliest() is None


def test_a_promise_that_is_overdue_is_told_of_until_its_verdict() -> None:
    story = begun()
    before = picture(story)
    story.horizon_known = False
    story.until(START + 5 * MINUTE + 59 * SECOND)
    assert picture(story).due.earliest() == START + 5 * MINUTE
    story.until(START + 6 * MINUTE)
    assert picture(story).due.earliest() == START + HOUR
    before.put(LEAD, story.state.body)
    assert before.due.earliest() == START + HOUR


def test_a_lead_waits_beyond_the_verdict_until_a_person_turns_to_it() -> None:
    story = begun()
    story.until(START + 2 * DAY)
    assert story.life("first_email")[-1] == story.life("first_call")[-1] == "breached"
    assert picture(story).waiting.earliest() == START
    story.reads(act("a", "sms.sent", START + 3 * DAY, "ana"), START + 3 * DAY)
    assert not waits(story), "although neither mail nor call was answered by it"


def test_a_machine_is_no_answer_and_an_attempted_call_is_one() -> None:
    story = begun()
    story.reads(act("m", "email.sent", START + MINUTE, "automation"), START + MINUTE)
    assert waits(story)
    story.reads(act("c", "call.attempted", START + 2 * MINUTE, "ana"), START + 2 * MINUTE)
    assert story.life("first_email")[-1] == "armed" and not waits(story)


def test_who_asked_to_be_called_later_waits_for_nobody_meanwhile_and_by_then_for_so_much_less() -> None:
    story = begun()
    story.until(START + 10 * MINUTE)  # the mail is overdue by then, the call is not
    story.reads(pause(START + 10 * MINUTE, START + 2 * DAY), START + 10 * MINUTE)
    story.until(START + 2 * DAY - SECOND)
    assert story.life("first_call")[-1] != "breached" and not waits(story)
    story.until(START + 2 * DAY)
    assert picture(story).waiting.earliest() == START + 2 * DAY - 10 * MINUTE
    story.until(START + 3 * DAY)
    assert story.life("first_call")[-1] == "breached"
    assert picture(story).waiting.earliest() == START + 2 * DAY - 10 * MINUTE


def test_a_lead_in_a_cadence_waits_until_it_is_enrolled() -> None:
    story = Story(START)
    content = request("r", "content_download", START)
    story.reads(captured(START, content))
    story.reads(routed(START + SECOND, content, outcome="nurture", temperature="cold"), START + SECOND)
    assert story.of("first_email") == [] and waits(story)
    story.reads(act("e", "nurture.enrolled", START + HOUR, "automation"), START + HOUR)
    assert not waits(story)


def test_who_is_not_to_be_contacted_any_more_waits_no_more_though_the_promise_was_broken() -> None:
    at = START + DAY
    ends: dict[str, Happened] = {
        "disqualified by a person": act("s", "stage.changed", at, "ana", stage="disqualified", reason="spam"),
        "disqualified by routing": routed(at, DEMO, revision=2, outcome="disqualified"),
        "withdrawn": act("w", "consent.withdrawn", at, purpose="respond", channel="any"),
        "merged": captured(at, DEMO, revision=2, outcome="tombstone", merged_into=merged()),
        "erased": captured(at, revision=2, outcome="tombstone"),
    }
    for why, event in ends.items():
        story = begun()
        story.until(at - SECOND)
        assert story.life("first_call")[-1] == "breached" and waits(story)
        story.reads(event, at)
        assert not waits(story), why


def test_a_breach_taken_back_leaves_nobody_waiting() -> None:
    story = begun()
    story.until(START + 2 * HOUR)
    story.reads(act("c", "call.connected", START + MINUTE, "ana"))
    assert story.life("first_call")[-1] == "breach_retracted" and not waits(story)


def test_a_stronger_request_is_waited_for_from_its_own_start() -> None:
    story = Story(START)
    weak, strong = request("w", "content_download", START), request("s", "demo_request", START + 2 * DAY)
    story.reads(captured(START, weak))
    story.reads(routed(START + SECOND, weak), START + SECOND)
    story.reads(captured(strong.start, weak, strong, revision=2), strong.start)
    story.reads(routed(strong.start + SECOND, weak, strong, revision=2), strong.start + SECOND)
    assert picture(story).waiting.earliest() == strong.start


def test_after_thirty_days_it_is_a_stale_lead_and_no_alarm() -> None:
    story = begun()
    story.until(START + STALE_AFTER - SECOND)
    assert picture(story).waiting.earliest() == START
    assert story.state.timer_at == START + STALE_AFTER
    told = len(story.told)
    story.until(START + STALE_AFTER)
    assert not waits(story)
    assert len(story.told) == told and story.outcomes[-1].reason == "no_longer_due"


@laws
@given(scripts, delays())
def test_a_survey_tells_what_the_events_told(script: Script, delayed: list[int]) -> None:
    """After each item: promises armed and not ended, the next of them, and always an alarm to find them by."""
    story = read_as_it_comes(script, delayed)
    told = {}
    kept_up = OpenPromises()
    for at, state, events in story.history:
        for event in events:
            cycle = None if event.clock == "owner" else event.cycle  # an owner's clock is its assignment's
            if event.kind != "pause_refused":  # which changes nothing
                told[event.clock, cycle, event.target, event.assignment] = event
        open_ = [e for e in told.values() if e.kind in {"armed", "warned", "paused", "resumed"}]
        surveyed = OpenPromises()
        if state.timer_at is None:
            kept_up.drop(LEAD)
        else:
            kept_up.put(LEAD, state.body)
            surveyed.put(LEAD, state.body)
        for seen in (kept_up, surveyed):
            assert {c: n for c, n in seen.count.items() if n} == counted([e.clock for e in open_])
            assert seen.due.earliest() == min((e.due_at for e in open_ if e.clock == "customer"), default=None)
            assert seen.waiting.earliest() == state.body.waiting_since
            assert state.body.waiting_since is None or at < state.body.waiting_since + STALE_AFTER


def counted(clocks: list[str]) -> dict[str, int]:
    return {clock: clocks.count(clock) for clock in clocks}


def test_many_that_come_and_go_behind_one_that_waits_take_no_room() -> None:
    queue = Queue()
    queue.put(0, START)
    for n in range(1, 5000):
        queue.put(n, START + timedelta(seconds=n))
        queue.put(n, None)
    assert queue.earliest() == START
    assert len(queue._heap) < 200
    queue.put(0, START + DAY)
    assert queue.earliest() == START + DAY


@pytest.mark.parametrize("times", [1, 2])
def test_a_lead_put_again_counts_once(times: int) -> None:
    seen = OpenPromises()
    for _ in range(times):
        seen.put(LEAD, begun().state.body)
    assert seen.count["customer"] == 2
