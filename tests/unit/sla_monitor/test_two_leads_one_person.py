"""The same promise to two leads that turn out to be one person: the earlier stays, and the other never comes back as
long as what moves or ends the one is as true of the other (rules B5.8)."""

from dataclasses import replace
from datetime import datetime, timedelta

from leadline_schemas.lead import Request
from leadline_sla_monitor.core.moving import given_away, with_moved
from tests.support.golden import instant
from tests.support.other_calendars import closed_in_new_york, order, rules_by
from tests.support.sla_pauses import HOT, START, customer, pause
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, SECOND, Story, act, named, request, routed
from tests.support.sla_two_leads import PART, ROOT, Two, did, part, root, routed_part

OTHER = named("another lead")
HOLIDAY = closed_in_new_york("2026-03-11")


def one_person(asked: Request = HOT, later: timedelta = 5 * MINUTE) -> Story:
    """Two leads asked for the same, the second a little later; then they are one, and only the first is promised it."""
    first, second = asked_for(asked), asked_for(request("r2", asked.type, asked.start + later))
    at = asked.start + 2 * later
    _, moved = given_away(OTHER, second.state.body, at)
    first.states[LEAD] = replace(
        first.state, body=with_moved(LEAD, replace(first.state.body, aliases=(OTHER,)), moved, 2)
    )
    first.reads(act("view", "email.bounced", at), at)
    assert [e.reason for e in customer(first, "cancelled")] == ["merged"]
    return first


def asked_for(asked: Request) -> Story:
    story = Story(asked.start)
    story.reads(routed(asked.start, asked))
    return story


def open_until(story: Story) -> list[tuple[int, datetime]]:
    """Which cycle's promises are open, and until when."""
    return [(p.number, p.due_at) for p in story.state.body.promises if p.clock == "customer" and p.status == "open"]


def test_a_pause_is_about_both() -> None:
    story = one_person()
    story.reads(pause(START + 20 * MINUTE, START + 5 * HOUR), START + 20 * MINUTE)
    for minute in range(21, 90, 7):  # whatever else is read meanwhile
        story.reads(act(f"view {minute}", "email.bounced", START + minute * MINUTE), START + minute * MINUTE)
        assert open_until(story) == [(1, START + 5 * HOUR + 40 * MINUTE)]
    story.until(START + DAY)
    assert [e.due_at for e in customer(story, "breached")] == [START + 5 * HOUR + 40 * MINUTE]


def test_other_calendars_are_about_both() -> None:
    evening = instant("2026-03-10T21:30:00Z")  # due on Wednesday at 09:30
    story = one_person(request("r", "other", evening))
    story.until(evening + HOUR)
    story.rules = rules_by(HOLIDAY)
    story.reads(order("holiday", HOLIDAY, story.now))
    story.until(evening + 2 * HOUR)
    assert open_until(story) == [(1, instant("2026-03-12T13:30:00Z"))]
    assert [e.cycle_number for e in customer(story, "moved")] == [1]


def test_a_stronger_request_takes_the_place_of_both() -> None:
    story = one_person()
    at = START + 20 * MINUTE
    story.reads(routed(at, HOT, request("demo", "demo_request", at), revision=2), at)
    story.reads(act("view later", "email.bounced", at + MINUTE), at + MINUTE)
    story.until(START + DAY)
    assert {e.target for e in customer(story, "breached")} == {"first_email", "first_call"}
    assert [e.reason for e in story.of("first_touch", "cancelled")] == ["merged", "superseded"]


def test_who_was_answered_as_the_other_has_its_full_time_when_they_part_after_it_was_due() -> None:
    """Nobody could have been late while both were one; had it not been due yet, it would run on."""
    for minutes, expected in ((30, HOUR), (90, 2 * HOUR + 30 * MINUTE)):
        two, second = Two(START), request("r2", "other", START + MINUTE, origin=PART)
        two.reads(root(START, HOT), routed(START + SECOND, HOT), part(START, second), routed_part(START, second))
        two.merges(START + 5 * MINUTE, HOT, second)
        called = act("call", "call.connected", START + 20 * MINUTE, "ana", origin=PART)
        two.until(START + 20 * MINUTE)
        two.reads(did(ROOT, called, 2))
        assert two.promises(ROOT)[-1].kind == "met"
        two.until(START + minutes * MINUTE)
        two.reads(root(two.now, HOT, revision=3, parted_at=two.now), part(two.now, second, revision=3))
        two.arrives()
        mine = [e for e in two.promises(ROOT) if e.cycle == HOT.id]
        assert mine[-1].kind in {"armed", "warned"} and mine[-1].due_at - START == expected
