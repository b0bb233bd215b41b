"""The fairness ledger follows from the events alone, in any order, and agrees with the balances that route holds."""

import io
import json
import random
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as some
from rich.console import Console

from leadline_route.core.ledger import Ledger, Told, differences
from leadline_route.route_commands.ledger_show import TOLD, Answer, data, draw
from leadline_schemas.codec import decode, encode
from leadline_schemas.lead import MergedInto, Quarantine
from leadline_schemas.topics import LEAD_ROUTED
from tests.unit.route.leads import Desk, Wish, act_record, at, lapse_record, scored_record

MORNING = at("2026-03-10T15:00:00Z")


def events_of(desk: Desk) -> list[Told]:
    """What it published, as the ledger reads it."""
    return [decode(TOLD, encode(LEAD_ROUTED, event)) for event in desk.events]


def ledger_of(events: list[Told]) -> Ledger:
    """The fold."""
    ledger = Ledger()
    for event in events:
        ledger.take(event)
    return ledger


def owed_by(desk: Desk) -> dict[str, dict[str, Fraction]]:
    """The balances that the desk holds."""
    found: dict[str, dict[str, Fraction]] = {}
    for member, load in desk.members.items():
        for pool, balance in load.owed.items():
            found.setdefault(pool, {})[member] = balance
    return found


def a_day(rng: random.Random, leads: int) -> Desk:
    """Leads from everywhere; of each something may become that moves balances again."""
    desk = Desk(now=MORNING)
    for number in range(leads):
        country, state = rng.choice([("US", "NY"), ("US", "CA"), ("GB", None), ("JP", None)])
        wish = Wish(f"lead {number}", country=country, state=state, start=desk.now)
        desk.one(scored_record(wish), desk.now + timedelta(seconds=rng.randrange(1, 40)))
        standing, later = desk.states[wish.id].body.standing, desk.now + timedelta(seconds=5)
        did: dict[str, Any] = {
            "declined": act_record(wish.id, "assignment.declined", later, standing.owner or "x", reason="language"),
            "overloaded": act_record(wish.id, "assignment.declined", later, standing.owner or "x", reason="overloaded"),
            "elsewhere": act_record(
                wish.id, "assignment.reassigned", later, "mia", member="gus", reason="wrong_territory"
            ),
            "by hand": act_record(wish.id, "assignment.reassigned", later, "mia", member="hana"),
            "lapsed": lapse_record(wish.id, standing.assignment, standing.owner or "x", later),
            "merged": scored_record(_merged(wish), 2),
            "spam": scored_record(_spam(wish), 2),
        }  # fmt: skip
        what = rng.choice([*did, None])
        if what is not None:
            desk.one(did[what], later)
            if what in ("merged", "spam") and rng.random() < 0.5:
                desk.one(scored_record(wish, 3), later + timedelta(seconds=5))
    return desk


def _merged(wish: Wish) -> Wish:
    return Wish(**{**wish.__dict__, "merged_into": MergedInto(lead_id=UUID(int=1), revision=3)})


def _spam(wish: Wish) -> Wish:
    return Wish(**{**wish.__dict__, "quarantine": Quarantine(reason="spam", since=MORNING)})


@settings(deadline=None, max_examples=25)
@given(some.integers(0, 100_000))
def test_the_events_alone_give_the_balances_that_route_holds(seed: int) -> None:
    """Whatever was declined, claimed, merged, unmerged or taken for spam: no move is without an event."""
    rng = random.Random(seed)
    desk = a_day(rng, 30)
    events = events_of(desk)
    ledger = ledger_of(events)
    assert differences(ledger, owed_by(desk)) == []
    rng.shuffle(events)
    assert ledger_of(events) == ledger, "in any order"
    for seats in ledger.pools.values():
        assert sum(seat.owed for seat in seats.values()) == 0
    turns = sum(seat.turns for seats in ledger.pools.values() for seat in seats.values())
    assert turns == sum(event.counts_as_turn for event in events)


def test_a_balance_that_no_event_explains_is_named() -> None:
    desk = a_day(random.Random(3), 10)
    desk.owe("us_east", ana="7", ben="-7")
    found = differences(ledger_of(events_of(desk)), owed_by(desk))
    assert [(pool, member) for pool, member, _, _ in found] == [("us_east", "ana"), ("us_east", "ben")]


def test_what_was_no_turn_stands_apart_and_who_was_passed_over_is_counted() -> None:
    desk = Desk(now=at("2026-03-10T16:45:00Z"))  # cleo has lunch
    for number in range(4):
        desk.routed(scored_record(Wish(f"lead {number}")))
    first = Wish("lead 0")
    later = desk.now + timedelta(seconds=1)
    desk.routed(act_record(first.id, "assignment.reassigned", later, "mia", member="eli"), later)
    desk.routed(scored_record(Wish("of the account", owner="ben")))
    answer = data(Answer(ledger_of(events_of(desk)), True, 0, []), None)
    east = answer["pools"]["us_east"]
    assert (east["ana"]["turns"], east["ben"]["turns"], east["cleo"]["turns"]) == (3, 1, 0)
    assert east["cleo"]["passed_over"] == {"off_shift": 4}
    assert answer["besides"]["eli"] == {"by_hand": 1, "owner_match": 0, "merged": 0, "manager": 0}
    assert answer["besides"]["ben"] == {"by_hand": 0, "owner_match": 1, "merged": 0, "manager": 0}


def test_a_person_sees_shares_and_what_differs() -> None:
    desk = a_day(random.Random(3), 10)
    ledger = ledger_of(events_of(desk))
    written = io.StringIO()
    console = Console(width=200, file=written, highlight=False)
    draw(Answer(ledger, False, 1, [("us_east", "ana", Fraction(1, 2), Fraction(0))]), None, console)
    text = written.getvalue()
    assert "us_east: ana is owed 1/2 by the events, 0 by route's tables" in text
    assert "Not from the beginning" in text
    assert json.loads(json.dumps(data(Answer(ledger, True, 0), "emea")))["differences"] is None
