"""Laws over any sequence of scorecards, lapses, acts and commands, in any split into batches."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Hours
from leadline_route.core.roster import Load
from leadline_runtime.items import Item
from leadline_schemas.codec import encode
from leadline_schemas.enriched import Account
from leadline_schemas.topics import LEAD_ROUTED
from tests.unit.route.leads import Desk, Wish, act_record, at, lapse_record, scored_record, stage_record

START = at("2026-03-10T15:30:00Z")  # everybody works but the West, who begins within half an hour, and fay
EVENING = at("2026-03-10T22:30:00Z")  # only the West is there
WISHES = [
    Wish(name="a"),
    Wish(name="b", state="CA"),
    Wish(name="c", country="DE", state=None, language="fr"),
    Wish(name="d", employees=5000, state="CA"),
    Wish(name="e", country=None, state=None),
    Wish(name="f", country="GB", state=None, account=Account(domain="x", status="customer", owner="fay")),
    Wish(name="g", type="content_download", mql=False),
]
MEMBERS = ("ana", "ben", "dev", "eli", "gus", "hana", "mia", "zoe")
KINDS = ("assignment.claimed", "assignment.reassigned", "assignment.declined", "assignment.accepted",
         "assignment.released", "email.sent", "meeting.booked", "stage.changed")  # fmt: skip

wishes = st.sampled_from(WISHES)
numbers = st.integers(1, 3)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Something about one of the leads."""
    wish = draw(wishes)
    what = draw(st.sampled_from(("scored", "scored", "scored", "lapse", "act")))
    if what == "lapse":
        return lapse_record(wish.id, draw(numbers), "ana", START)
    if what == "scored":
        changed: dict[str, Any] = {}
        if draw(st.booleans()):
            changed = draw(
                st.sampled_from(
                    [
                        {"mql": False},
                        {"mql": True},
                        {"type": "pricing_inquiry"},
                        {"cause": "rules_change"},
                        {"mql": True, "review": "waiting"},
                        {"mql": True, "review": "released"},
                    ]
                )
            )
        return scored_record(replace(wish, **changed), draw(numbers))
    kind, member = draw(st.sampled_from(KINDS)), draw(st.sampled_from(MEMBERS))
    more: dict[str, Any] = {}
    if kind.startswith("assignment."):
        more = {"member": draw(st.sampled_from(MEMBERS)), "assignment": draw(st.none() | numbers),
                "reason": draw(st.sampled_from(("wrong_territory", "overloaded", None)))}  # fmt: skip
    if kind == "stage.changed":
        stage = draw(st.sampled_from(("captured", "SAL", "SQL", "MQL", "nurture", "disqualified", "archived")))
        return stage_record(wish.id, stage, START + timedelta(seconds=draw(st.integers(0, 60))), by=member)
    return act_record(wish.id, kind, START + timedelta(seconds=draw(st.integers(0, 60))), member, **more)


def outcome(desk: Desk) -> tuple[Any, ...]:
    """Everything that may be seen of a desk. Of whom nothing is owed and nothing is owned there need be no row."""
    events = [encode(LEAD_ROUTED, each) for each in desk.events]
    members = {member: load for member, load in desk.members.items() if load != Load()}
    return events, members, desk.pools, desk.states


moments = st.sampled_from([START, EVENING, at("2026-03-11T03:00:00Z")])


@settings(max_examples=60, deadline=None)
@given(st.lists(items(), max_size=14), moments, st.sets(st.integers(1, 13)))
def test_one_batch_is_any_split_of_it(sequence: list[Item], now: datetime, cuts: set[int]) -> None:
    whole, split = Desk(now=now), Desk(now=now)
    whole.batch(*sequence)
    bounds = [0, *sorted(each for each in cuts if each < len(sequence)), len(sequence)]
    for first, last in pairwise(bounds):
        split.batch(*sequence[first:last])
    assert outcome(whole) == outcome(split)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(items(), max_size=6), max_size=6))
def test_what_holds_after_anything(batches: list[list[Item]]) -> None:
    desk = Desk(now=START)
    for number, batch in enumerate(batches):
        desk.now = START + timedelta(hours=4 * number)
        desk.batch(*batch)
        for lead in [lead for lead, state in desk.states.items() if state.timer_at and state.timer_at <= desk.now]:
            desk.one(desk.timer(lead))
    balances_sum_to_nothing(desk)
    counts_are_what_the_leads_say(desk)
    nobody_got_a_turn_over_his_cap_or_off_duty(desk)
    every_revision_once_and_every_assignment_in_order(desk)


def balances_sum_to_nothing(desk: Desk) -> None:
    """Of each pool, exactly."""
    for pool in desk.book.team.pools:
        assert sum((load.balance(pool) for load in desk.members.values()), Fraction(0)) == 0


def counts_are_what_the_leads_say(desk: Desk) -> None:
    """Open leads of each member, held leads of each pool."""
    standings = [state.body.standing for state in desk.states.values()]
    owned = Counter(each.owner for each in standings if each.counted)
    assert {name: load.open for name, load in desk.members.items() if load.open} == dict(owned)
    held = Counter(each.hold.pool for each in standings if each.hold is not None)
    assert {name: counts.held for name, counts in desk.pools.items() if counts.held} == dict(held)
    for state in desk.states.values():
        assert (state.timer_at is not None) == state.body.standing.waits, "by its alarm a claim finds who waits"
        assert (state.body.standing.hold is not None) == (state.body.standing.outcome == "held")
        assert (state.body.standing.outcome == "person") == (state.body.standing.owner is not None)


def nobody_got_a_turn_over_his_cap_or_off_duty(desk: Desk) -> None:
    """By fresh calendars and plain counting."""
    dealt: Counter[tuple[str, Any]] = Counter()
    for event in desk.events:
        if event.counts_as_turn:
            member = desk.book.team.members[event.owner or ""]
            assert Hours(member.hours.calendar, member.hours.absences).duty(event.basis.decided_at).state == "on"
            assert member.id not in event.excluded
            dealt[member.id, event.basis.decided_at.astimezone(member.days.zone).date()] += 1
    assert all(n <= (desk.book.team.members[name].caps.day or n) for (name, _), n in dealt.items())


def every_revision_once_and_every_assignment_in_order(desk: Desk) -> None:
    """Per lead."""
    for lead in desk.states:
        told = [event for event in desk.events if event.lead_id == lead]
        assert [each.revision for each in told] == list(range(1, len(told) + 1))
        numbers = [each.assignment for each in told]
        assert numbers == sorted(numbers)
        assert set(range(1, max(numbers, default=0) + 1)) <= set(numbers)
