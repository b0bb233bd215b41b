"""Held leads: until when, in which order they are given, and the guard against early birds (rules B4.5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Hours
from leadline_route.core.hold import alarm
from leadline_route.core.roster import Load
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.team import Member, Team
from leadline_schemas.routed import LeadRouted
from tests.unit.route.leads import Desk, Wish, act_record, at, candidates, scored_record, shipped

NIGHT = at("2026-03-10T23:00:00Z")  # Tuesday 19:00 in New York; opening is at 13:00Z
OPENING = at("2026-03-11T13:00:00Z")


def demo(name: str, start: datetime = NIGHT, **more: object) -> Wish:
    """A demo request from New York."""
    return replace(Wish(name=name, start=start), **more)  # type: ignore[arg-type]


def early_ana() -> Rulebook:
    """ana begins half an hour before the others."""
    book = shipped()
    ana = book.team.members["ana"]
    calendar = replace(ana.hours.calendar, weekly=[((510, 1080),)] * 5 + [()] * 2)
    members: dict[str, Member] = {**book.team.members, "ana": replace(ana, hours=Hours(calendar))}
    return replace(book, team=Team(members, book.team.pools, book.team.territories, book.team.managers))


def held_over_night(desk: Desk, wishes: Sequence[Wish]) -> list[UUID]:
    """All of them come when nobody is there."""
    for wish in wishes:
        event = desk.routed(scored_record(wish), wish.start + timedelta(seconds=2))
        assert event.outcome == "held", event.reason
    return [wish.id for wish in wishes]


def ring(desk: Desk, until: datetime) -> list[LeadRouted]:
    """All alarms up to an instant, in the order in which the loop takes them; what is told of it."""
    before = len(desk.events)
    while due := sorted(
        (state.timer_at, lead) for lead, state in desk.states.items() if state.timer_at and state.timer_at <= until
    ):
        desk.one(desk.timer(due[0][1]))
    return desk.events[before:]


def test_nobody_there_holds_the_lead_until_somebody_comes() -> None:
    desk = Desk()
    event = desk.routed(scored_record(demo("night")), NIGHT)
    assert (event.outcome, event.owner, event.assignment) == ("held", None, 0)
    assert event.held_until == OPENING
    assert event.reason == "nobody available in us_east until 2026-03-11T13:00Z: held until then"
    assert candidates(event)["ana"] == "off shift until 2026-03-11T13:00Z"
    assert desk.pools["us_east"].held == 1
    assert all(owed == "0" for owed in desk.owed("us_east").values())


def test_in_the_morning_the_held_lead_gets_its_owner() -> None:
    desk = Desk()
    (lead,) = held_over_night(desk, [demo("night")])
    event = desk.routed(desk.timer(lead))
    assert (event.outcome, event.owner, event.cause, event.assignment) == ("person", "ana", "released", 1)
    assert OPENING <= event.basis.decided_at < OPENING + timedelta(seconds=1)
    assert desk.pools["us_east"].held == 0
    assert desk.states[lead].timer_at is None


def test_a_lead_in_a_queue_waits_until_it_is_claimed_and_keeps_an_alarm_to_be_found_by() -> None:
    book, friday = shipped(), at("2026-03-06T23:30:00Z")
    pools = {name: replace(pool, manager=None) for name, pool in book.team.pools.items()}
    team = Team(book.team.members, pools, book.team.territories, book.team.managers)
    desk, wish = Desk(book=replace(book, team=team)), demo("weekend", friday)
    assert desk.routed(scored_record(wish), friday).outcome == "queue"
    for weeks in (1, 2):
        decision = desk.one(desk.timer(wish.id))
        assert (decision.outcome.reason, decision.events) == ("unchanged", ())
        assert desk.now == friday + timedelta(weeks=weeks)
        assert desk.states[wish.id].body.standing.waits
    claimed = desk.routed(act_record(wish.id, "assignment.claimed", desk.now, "ben"))
    assert (claimed.owner, claimed.assignment) == ("ben", 1)
    assert desk.states[wish.id].timer_at is None


def test_longer_than_sixteen_hours_is_the_managers() -> None:
    desk = Desk()
    event = desk.routed(scored_record(demo("weekend", at("2026-03-06T23:30:00Z"))), at("2026-03-06T23:30:02Z"))
    assert (event.outcome, event.owner, event.escalated, event.manager) == ("person", "mia", True, "mia")
    assert event.reason == (
        "nobody available in us_east until 2026-03-09T13:00Z, longer than the 16 h that a lead is held:"
        " to mia, the manager"
    )
    assert not event.counts_as_turn


def test_sixteen_hours_sharp_are_held_and_a_second_more_is_not() -> None:
    sunday = at("2026-03-15T21:00:00Z")
    for start, outcome in ((sunday, "held"), (sunday - timedelta(seconds=1), "person")):
        assert Desk().routed(scored_record(demo("sharp", start)), start).outcome == outcome


def test_the_enterprise_pool_leaves_it_to_the_territory_then_to_the_manager() -> None:
    desk = Desk()
    big = demo("big", at("2026-03-10T15:00:00Z"), employees=2000, country="GB", state=None)
    event = desk.routed(scored_record(big), at("2026-03-10T15:00:02Z"))
    assert (event.rule, event.pool, event.owner) == ("r3_enterprise", "enterprise_emea", "hana")
    late = demo("late", at("2026-03-10T18:00:00Z"), employees=2000, country="GB", state=None)
    event = desk.routed(scored_record(late), at("2026-03-10T18:00:02Z"))
    assert (event.rule, event.owner, event.escalated) == ("r3_enterprise", "noor", True)
    assert [each.why for each in event.candidates if each.id == "hana"] == [
        "enterprise_emea: off shift until 2026-03-11T09:00Z",
        "emea: off shift until 2026-03-11T09:00Z",
    ]
    west = demo("west", at("2026-03-10T14:00:00Z"), employees=2000, state="CA")
    desk.members["ana"] = Load(open=60)
    event = desk.routed(scored_record(west), at("2026-03-10T14:00:02Z"))
    assert (event.rule, event.pool, event.owner) == ("r3_enterprise", "us_east", "ben")
    assert event.candidates[0].why == "enterprise_us: open cap 60 of 60"


def test_eight_held_and_ana_half_an_hour_early_gets_four_of_them() -> None:
    desk = Desk(early_ana())
    held_over_night(desk, [demo(f"n{number}", NIGHT + timedelta(minutes=number)) for number in range(8)])
    assert desk.pools["us_east"].held == 8
    early = ring(desk, OPENING - timedelta(seconds=1))
    given = [each for each in early if each.outcome == "person"]
    assert [each.owner for each in given] == ["ana"] * 4
    kept = [each for each in early if each.outcome == "held"]
    assert {each.held_until for each in kept} == {OPENING}
    assert candidates(kept[0])["ana"] == "early-bird guard: has its part of the held leads until the others start"
    assert desk.pools["us_east"].held == 4
    rest = ring(desk, OPENING + timedelta(seconds=1))
    assert [each.owner for each in rest] == ["ana", "ben", "cleo", "ana"]
    assert desk.pools["us_east"].held == 0


def test_a_lead_due_before_the_others_start_ignores_the_guard() -> None:
    """Promised within two wall-clock hours of the small hours: ana takes all four that are due before nine."""
    book = early_ana()
    promises = replace(book.promises, by_type={"demo_request": replace(book.promises.by_type["referral"], mode="wall")})
    desk = Desk(replace(book, promises=promises))
    start = at("2026-03-11T10:50:00Z")
    held_over_night(desk, [demo(f"n{number}", start + timedelta(minutes=number)) for number in range(4)])
    given = ring(desk, OPENING - timedelta(seconds=1))
    assert [each.owner for each in given] == ["ana"] * 4


def test_a_new_lead_in_the_early_half_hour_is_not_guarded() -> None:
    desk = Desk(early_ana())
    held_over_night(desk, [demo(f"n{number}", NIGHT + timedelta(minutes=number)) for number in range(8)])
    ring(desk, OPENING - timedelta(minutes=20))
    event = desk.routed(scored_record(demo("new", OPENING - timedelta(minutes=10))), OPENING - timedelta(minutes=10))
    assert event.owner == "ana"


def test_held_leads_are_released_by_first_due_then_total_then_capture() -> None:
    desk = Desk()
    wishes = [
        demo("cold", type="other", mql=True, temperature="cold"),
        demo("second 75", NIGHT + timedelta(minutes=9)),
        demo("first 75", NIGHT + timedelta(minutes=5)),
        demo("90", NIGHT + timedelta(minutes=10), total="90.000"),
    ]
    held_over_night(desk, sorted(wishes, key=lambda each: each.start))
    names = {wish.id: wish.name for wish in wishes}
    released = ring(desk, OPENING + timedelta(seconds=1))
    assert [names[each.lead_id] for each in released] == ["90", "first 75", "second 75", "cold"]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 100)), min_size=2, max_size=6))
def test_alarms_ring_in_the_order_of_due_and_total(leads: list[tuple[int, int]]) -> None:
    rung = sorted(leads, key=lambda each: alarm(OPENING, OPENING + timedelta(hours=each[0]), float(each[1])))
    wanted = sorted(leads, key=lambda each: (each[0], -each[1]))
    assert rung == wanted
    last = alarm(OPENING, OPENING + timedelta(days=30), 0.0)
    assert OPENING <= last < OPENING + timedelta(seconds=1)


def test_a_held_lead_that_asks_again_stays_held_and_its_new_request_is_told() -> None:
    desk = Desk()
    (lead,) = held_over_night(desk, [demo("night")])
    first = scored_record(demo("night")).value.requests[0]
    more = first.model_copy(update={"id": UUID(int=7)})
    event = desk.routed(scored_record(replace(demo("night"), requests=[first, more]), 2), NIGHT + timedelta(minutes=5))
    assert (event.outcome, event.held_until, len(event.requests)) == ("held", OPENING, 2)
    assert desk.pools["us_east"].held == 1
    assert desk.one(scored_record(replace(demo("night"), requests=[first, more]), 3)).outcome.reason == "unchanged"
    assert desk.states[lead].timer_at is not None


def test_claiming_a_held_lead_ends_the_hold() -> None:
    desk = Desk()
    (lead,) = held_over_night(desk, [demo("night")])
    event = desk.routed(
        act_record(lead, "assignment.claimed", NIGHT + timedelta(hours=1), "ben"), NIGHT + timedelta(hours=1)
    )
    assert (event.owner, event.assignment, event.cause, event.counts_as_turn) == ("ben", 1, "claimed", False)
    assert desk.pools["us_east"].held == 0
    assert desk.states[lead].timer_at is None


def test_an_alarm_without_a_held_lead_is_no_longer_due() -> None:
    desk = Desk()
    (lead,) = held_over_night(desk, [demo("night")])
    timer = desk.timer(lead)
    desk.one(timer)
    assert desk.one(timer).outcome.reason == "no_longer_due"
