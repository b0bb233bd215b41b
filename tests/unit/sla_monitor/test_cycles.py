"""Which requests open a promise, repeat one, or replace a weaker one (rules B5.5 and the vectors `cycles`)."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_schemas.activity import Activity
from leadline_schemas.lead import Lead, Request
from tests.support.golden import instant, vectors
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, request, routed

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
DEMO, PRICING, DOWNLOAD = "demo_request", "pricing_inquiry", "content_download"
ANSWER = act("answer", "call.connected", START + 4 * MINUTE, "ana")


def lived(*happened: Request | Activity, nurture: frozenset[str] = frozenset(), **route: Any) -> Story:
    """Requests and acts as they happen, each request routed two seconds later; then three days."""
    story, asked = Story(START), []
    for each in sorted(happened, key=lambda h: h.received_at):
        story.until(each.received_at)
        if isinstance(each, Activity):
            story.reads(each)
            continue
        asked.append(each)
        revision, at = len(asked), each.received_at + 2 * SECOND
        outcome = "nurture" if each.type in nurture else "person"
        story.reads(captured(each.received_at, *asked, revision=revision))
        more: dict[str, Any] = {"assigned_at": START + 2 * SECOND} if outcome == "person" else {}
        story.reads(routed(at, *asked, revision=revision, outcome=outcome, **more, **route), at)
    story.until(story.now + 3 * DAY)
    return story


def numbers(story: Story, target: str = "first_email") -> list[int]:
    return [e.cycle_number for e in story.of(target, "armed")]


def expected(case: str) -> dict[str, Any]:
    return next(each for each in vectors("cycles") if each["case"] == case)


def test_a_second_form_while_unanswered_repeats_the_request() -> None:
    vector = expected("second demo form 3 min after the first, unanswered")
    story = lived(request("r1", DEMO, START), request("r2", DEMO, START + 3 * MINUTE))
    assert numbers(story) == [vector["cycle"]]
    (breach,) = story.of("first_email", "breached")
    assert breach.due_at == START + 5 * MINUTE
    assert breach.repeat_requests == vector["repeat_requests"]


@pytest.mark.parametrize(
    ("case", "after", "cycles"),
    [
        ("pricing form 10 min after the answer", timedelta(minutes=10), [1]),
        (None, timedelta(minutes=30) - SECOND, [1]),
        (None, timedelta(minutes=30), [1, 2]),
        ("pricing form 31 min after the answer", timedelta(minutes=31), [1, 2]),
    ],
)
def test_a_form_after_the_answer_opens_a_cycle_when_half_an_hour_has_passed(
    case: str | None, after: timedelta, cycles: list[int]
) -> None:
    asked = request("r2", PRICING, ANSWER.occurred_at + after)
    story = lived(request("r1", DEMO, START), ANSWER, asked)
    assert numbers(story) == cycles
    if case is not None:
        assert cycles[-1] == expected(case)["cycle"]
    if len(cycles) == 2:
        assert story.of("first_email", "armed")[1].due_at == asked.start + 5 * MINUTE
        assert story.of("first_email", "breached")[-1].cycle == asked.id


def test_a_weaker_request_changes_nothing_while_a_stronger_is_open() -> None:
    vector = expected("content download while a demo cycle is open")
    story = lived(request("r1", DEMO, START), request("r2", DOWNLOAD, START + MINUTE))
    assert numbers(story) == [vector["cycle"]]
    assert {e.policy for e in story.told if e.clock == "customer"} == {"demo_or_pricing"}


def test_a_stronger_request_opens_its_own_cycle_and_ends_the_weaker() -> None:
    vector = expected("demo at 14:00Z while a content cycle is open since 09:00Z")
    weak, strong = request("r1", DOWNLOAD, START - 5 * HOUR), request("r2", DEMO, START)
    story = lived(weak, strong, nurture=frozenset({DOWNLOAD}))
    assert numbers(story) == [vector["cycle"]]
    (cancelled,) = story.of("enrolled", "cancelled")
    assert (cancelled.reason, cancelled.occurred_at, cancelled.cycle) == ("superseded", START, weak.id)
    assert story.of("first_email", "armed")[0].due_at == START + 5 * MINUTE
    assert not story.of("enrolled", "breached")


def test_what_the_weaker_promise_kept_before_stays_kept() -> None:
    weak, strong = request("r1", DOWNLOAD, START), request("r2", DEMO, START + HOUR)
    enrolled = act("e", "nurture.enrolled", START + MINUTE, "automation", received_at=START + 2 * HOUR)
    story = lived(weak, strong, enrolled, nurture=frozenset({DOWNLOAD}))
    assert story.life("enrolled") == ["armed", "cancelled", "met"], "read late, but done before the demo was asked for"


def test_a_demo_soon_after_an_answered_download_is_promised_its_own_answer() -> None:
    touch = act("t", "call.connected", START + MINUTE, "ana")
    story = lived(request("r1", DOWNLOAD, START), touch, request("r2", DEMO, START + 2 * MINUTE))
    assert [e.cycle_number for e in story.of("first_email", "armed")] == [2]


def test_an_appointment_answers_until_it_is_cancelled() -> None:
    booked = act("b", "meeting.booked", START + MINUTE)
    off = act("c", "meeting.no_show", START + 2 * HOUR)
    story = lived(request("r1", DEMO, START), booked, off)
    assert numbers(story) == [1, 2]
    first, second = story.of("first_email", "armed")
    assert second.start == off.occurred_at and second.cycle != first.cycle
    assert lived(request("r1", DEMO, START), booked).life("first_email") == ["armed", "met"]
    held = act("h", "meeting.held", START + HOUR)
    assert numbers(lived(request("r1", DEMO, START), booked, held, off)) == [1], "they have spoken: no new promise"


def test_a_late_answer_that_shows_a_new_cycle_was_none_cancels_it() -> None:
    first, second = request("r1", DEMO, START), request("r2", DEMO, START + 40 * MINUTE)
    seen_late = act("late", "call.connected", START + 20 * MINUTE, "ana", received_at=second.start + MINUTE)
    story = lived(first, ANSWER, second, seen_late)
    assert story.life("first_email", 2) == ["armed", "cancelled"]
    assert story.of("first_email", "cancelled")[0].reason == "repeat_request"


def test_an_answer_at_the_very_instant_of_a_request_is_the_last_response_before_it() -> None:
    first, second = request("r1", DEMO, START), request("r2", DEMO, START + HOUR)
    at_once = act("now", "call.connected", second.start, "ana", received_at=second.start + MINUTE)
    assert lived(first, ANSWER, second, at_once).life("first_email", 2) == ["armed", "cancelled"]
    assert lived(first, ANSWER, act("now", "call.connected", second.start, "ana"), second).life("first_email", 2) == []


def test_a_lead_added_by_hand_after_a_call_needs_no_first_answer() -> None:
    manual = Lead(email="sam@shop.example", phone="+12125550142", source="manual")
    call, asked = act("c", "call.connected", START - HOUR, "ana"), request("r1", "other", START)
    story = lived(call, asked, lead=manual)
    assert {e.clock for e in story.told} == {"decision"}
    assert {e.clock for e in lived(asked, lead=manual).told} == {"decision", "customer", "owner"}


def test_historical_requests_start_no_clock() -> None:
    assert not lived(request("r1", DEMO, START, historical=True)).told
    four_days = next(each for each in vectors("late_and_skewed") if each["occurred_at"] == "4 days ago")
    assert four_days["result"].startswith("treated as historical")


def test_an_act_read_hours_late_is_breached_at_arrival_by_its_delivery() -> None:
    vector = next(each for each in vectors("late_and_skewed") if each["occurred_at"] == "08:00:00")
    day = "2026-04-14T"  # London opens at 08:00 UTC
    start, received = instant(f"{day}{vector['start']}Z"), instant(f"{day}{vector['received_at']}Z")
    asked = request("r1", DEMO, start, received_at=received)
    story = Story(received)
    story.reads(captured(received, asked))
    decided = received + 2 * SECOND
    story.reads(routed(decided, asked, territory="emea"), decided)
    armed, breach = story.of("first_email")
    assert (armed.kind, breach.kind) == ("armed", "breached"), "only the highest level, no warnings"
    assert breach.due_at == breach.occurred_at == instant(f"{day}{vector['first_email_due']}Z")
    assert (breach.detected_at, breach.cause) == (decided, "delivery")
    assert story.of("owner_response", "armed")[0].start == decided, "the owner's clock from the assignment"


def test_a_score_that_makes_an_mql_later_is_promised_a_person_from_then_on() -> None:
    """The request written by score replaces what was promised to a cadence."""
    download, mql = request("r1", DOWNLOAD, START), request("r2", "other", START + HOUR)
    story = Story(START)
    story.reads(captured(START, download))
    story.reads(routed(START, download, outcome="nurture"))
    at = mql.start + 2 * SECOND
    story.reads(routed(at, download, mql, revision=2), at)
    assert story.of("enrolled", "cancelled")[0].reason == "superseded"
    assert story.of("first_touch", "armed")[0].due_at == mql.start + HOUR
    assert not [e for e in story.told if e.clock == "decision" and e.cycle == mql.id]
