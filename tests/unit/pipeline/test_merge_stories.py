"""Two leads that are one person, through all five services: the worked numbers of rules B5.8, in any order of reading.

Tuesday 10 March 2026 in New York: a demo request is promised an e-mail within 5 minutes and a call within the hour.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from tests.support.whole_pipeline import Whole

SECOND = timedelta(seconds=1)
PLACE = {"country": "US", "state": "NY"}


def at(clock: str) -> datetime:
    """A time of that day, UTC."""
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


class Day:
    """A is asked for by ann@..., B by bob@...; who they are is the question."""

    def __init__(self, seed: int | None = None) -> None:
        self.world = Whole(at("13:00:00"), seed)
        self.ids: dict[str, UUID] = {}

    def asks(self, person: str, clock: str, type_: str = "demo_request") -> None:
        self.world.until(at(clock))
        payload = {"email": f"{person}@x.example", "name": person.title(), "type": type_, **PLACE}
        self.world.says(payload)
        self.world.captures()
        captured = self.world.told(LeadCaptured)[-1]
        self.ids.setdefault(person, captured.lead_id)
        self.world.settle()

    def answers(self, person: str, clock: str, kind: str = "email.sent", by: str = "ana") -> None:
        self.world.until(at(clock))
        actor = {"kind": "person", "id": by}
        self.world.says({"kind": kind, "email": f"{person}@x.example", "actor": actor}, way="activities")
        self.world.settle()

    def merge(self, clock: str, *, into: str = "ann", other: str = "bob", settle: bool = True) -> None:
        self.world.until(at(clock))
        self._order({"kind": "lead.merge", "lead_id": self.ids[into], "duplicate_id": self.ids[other]}, settle)

    def unmerge(self, clock: str, person: str = "bob", *, settle: bool = True) -> None:
        self.world.until(at(clock))
        self._order({"kind": "lead.unmerge", "lead_id": self.ids[person]}, settle)

    def _order(self, command: dict[str, Any], settle: bool) -> None:
        self.world.says({**command, "author": "mara", "reason": "one person"}, way="commands")
        self.world.captures()
        if settle:
            self.world.settle()

    def told(self, *kinds: str, target: str = "first_email") -> list[LeadSla]:
        return [e for e in self.world.told(LeadSla) if e.target == target and (not kinds or e.kind in kinds)]

    def cycle(self, person: str) -> UUID:
        """The cycle that the person's first request opened."""
        return next(e.cycle for e in self.told("armed") if e.lead_id == self.ids[person])

    def last(self, person: str, target: str = "first_email") -> LeadSla:
        """What was told last of the promise to a person's first request."""
        return [e for e in self.told(target=target) if e.cycle == self.cycle(person)][-1]

    def owner(self, person: str) -> str | None:
        routed: list[LeadRouted] = self.world.told(LeadRouted, self.ids[person])
        return routed[-1].owner

    def open_leads(self) -> int:
        return sum(load.open for load in self.world.services["route"].members.values())


SEEDS = [None, *range(12)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_earliest_due_stays_and_the_other_is_cancelled(seed: int | None) -> None:
    """A due 14:05, B due 14:08 → 14:05; broken once."""
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:03:00")
    day.merge("14:04:00")
    day.world.until(at("16:00:00"))
    (breach,) = day.told("breached")
    assert (breach.cycle, breach.due_at, breach.lead_id) == (day.cycle("ann"), at("14:05:00"), day.ids["ann"])
    cancelled = day.last("bob")
    assert (cancelled.kind, cancelled.reason, cancelled.lead_id) == ("cancelled", "merged", day.ids["ann"])


@pytest.mark.parametrize("seed", SEEDS)
def test_it_makes_no_difference_into_which_of_them(seed: int | None) -> None:
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:03:00")
    day.merge("14:04:00", into="bob", other="ann")
    day.world.until(at("16:00:00"))
    (breach,) = day.told("breached")
    assert (breach.cycle, breach.due_at, breach.lead_id) == (day.cycle("ann"), at("14:05:00"), day.ids["bob"])
    assert (day.last("bob").kind, day.last("bob").reason) == ("cancelled", "merged")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_response_counts_for_any_request_made_before_it(seed: int | None) -> None:
    """A answered 14:03, B asked 14:02 → met."""
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:02:00")
    day.answers("ann", "14:03:00")
    day.merge("14:06:00")
    day.world.until(at("16:00:00"))
    assert not day.told("breached")
    for person in ("ann", "bob"):
        met = day.last(person)
        assert (met.kind, met.occurred_at) == ("met", at("14:03:00"))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_older_answer_leaves_the_new_request_its_own_cycle(seed: int | None) -> None:
    """A answered 13:20, B asked 14:05 → cycle 2, due 14:10."""
    day = Day(seed)
    day.asks("ann", "13:18:00")
    day.answers("ann", "13:20:00")
    day.asks("bob", "14:05:00")
    day.merge("14:07:00")
    day.world.until(at("16:00:00"))
    (breach,) = day.told("breached")
    assert (breach.cycle, breach.cycle_number, breach.due_at) == (day.cycle("bob"), 2, at("14:10:00"))


@pytest.mark.parametrize("seed", SEEDS)
def test_already_breached_on_one_there_is_no_second_breach(seed: int | None) -> None:
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:03:00")
    day.merge("14:06:00")
    day.world.until(at("16:00:00"))
    assert [e.cycle for e in day.told("breached")] == [day.cycle("ann")]
    assert (day.last("bob").kind, day.last("bob").reason) == ("cancelled", "merged")


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unmerge_starts_the_open_target_anew(seed: int | None) -> None:
    """Unmerged 15:00 → due 15:05."""
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:03:00")
    day.merge("14:04:00")
    day.unmerge("15:00:00")
    armed = day.last("bob")
    assert (armed.kind, armed.due_at, armed.reason) == ("armed", at("15:05:00"), "unmerged")
    assert armed.lead_id == day.ids["bob"]
    day.world.until(at("16:30:00"))
    assert [(e.cycle, e.due_at) for e in day.told("breached")] == [
        (day.cycle("ann"), at("14:05:00")), (day.cycle("bob"), at("15:05:00")),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_an_answer_given_to_the_part_goes_with_it(seed: int | None) -> None:
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:03:00")
    day.merge("14:04:00")
    day.answers("bob", "14:04:30")
    day.unmerge("15:00:00")
    day.world.until(at("16:30:00"))
    assert [e.cycle for e in day.told("breached")] == [day.cycle("ann")], "nobody had answered Ann"
    assert day.last("bob").kind == "met"


@pytest.mark.parametrize("seed", SEEDS)
def test_one_owner_and_one_open_lead_whatever_is_read_first(seed: int | None) -> None:
    day = Day(seed)
    day.asks("ann", "14:00:00")
    day.asks("bob", "14:01:00")
    had = day.owner("ann")
    day.merge("14:02:00")
    assert (day.owner("ann"), day.open_leads()) == (had, 1)
    released = [e.released for e in day.world.told(LeadRouted, day.ids["ann"]) if e.released]
    assert len(released) == 1 and released[0] != had
    day.unmerge("14:30:00")
    assert day.open_leads() == 2 and day.owner("bob") == released[0]
