"""Whatever is read when: the same things said end in the same leads, acts and promises (reliability I3, I7, I8).

The model of the protocol (tests/unit/runtime/merge_model.py) looks at every order of a few records; this runs the
services themselves through random ones of many.
"""

import random
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.sla import LeadSla
from tests.support.whole_pipeline import MINUTE, Whole

START = datetime.fromisoformat("2026-03-10T14:00:00+00:00")
PEOPLE = ("ann", "bob", "cleo")
Order = tuple[str, str, str]


def history(seed: int, *, unmerged: bool = True) -> list[Order]:
    """What happens in a day, minute by minute: people ask, ours answer, leads are merged and taken apart."""
    chance = random.Random(seed)
    found: list[Order] = [("asks", person, "demo_request") for person in PEOPLE]
    part_of: dict[str, str] = {}
    for _ in range(10):
        what = chance.choice(["asks", "answers", "views", "merge", *["unmerge"] * 2 * unmerged])
        person, other = chance.sample(PEOPLE, 2)
        if what == "merge" and (person in part_of or other in part_of):
            continue
        if what == "unmerge" and (person not in part_of or part_of[person] in part_of):
            continue
        if what == "merge":
            part_of[other] = person
        if what == "unmerge":
            del part_of[person]
        kind = chance.choice(["demo_request", "pricing_inquiry", "content_download"])
        found.append((what, person, other if what == "merge" else kind))
    return found


class Told:
    """A history told to the pipeline, read as it comes or as `seed` has it: late, and in any order."""

    def __init__(self, orders: list[Order], seed: int | None) -> None:
        self.world = Whole(START, seed)
        self.ids: dict[str, UUID] = {}
        chance = random.Random(seed)
        for number, order in enumerate(orders):
            at = START + number * 2 * MINUTE
            if seed is None:
                self.world.until(at)
            self.world.now = at
            self._tell(f"order {number}", *order)
            if seed is not None:
                self.world.step(chance.randint(0, 12))
        self.world.until(START + 300 * MINUTE)

    def _tell(self, name: str, what: str, person: str, other: str) -> None:
        world, email = self.world, f"{person}@x.example"
        if what == "asks":
            world.says({"email": email, "name": person.title(), "type": other, "country": "US", "state": "NY"}, id=name)
        elif what == "answers":
            world.says(
                {"kind": "email.sent", "email": email, "actor": {"kind": "person", "id": "ana"}}, "activities", id=name
            )
        elif what == "views":
            world.says({"kind": "page.viewed", "email": email, "tag": "pricing"}, "activities", id=name)
        else:
            leads = {"lead_id": self.ids[person], **({"duplicate_id": self.ids[other]} if what == "merge" else {})}
            world.says({"kind": f"lead.{what}", **leads, "author": "mara", "reason": "so it is"}, "commands", id=name)
        world.captures()
        if what == "asks" and person not in self.ids:
            self.ids[person] = world.told(LeadCaptured)[-1].lead_id

    @property
    def names(self) -> dict[UUID, str]:
        return {lead: person for person, lead in self.ids.items()}

    def facts(self) -> dict[str, set[UUID]]:
        """The acts that score counts for each lead: those of its snapshot, and those it holds besides."""
        found: dict[str, set[UUID]] = {}
        for person, lead in self.ids.items():
            body = self.world.state("score", lead).body
            found[person] = {each.id for each in body.memory.facts}
        return found

    def watched(self) -> dict[str, tuple[set[UUID], set[UUID]]]:
        """What the monitor holds of each lead: requests and acts."""
        found = {}
        for person, lead in self.ids.items():
            known = self.world.state("sla-monitor", lead).body
            assert not known.pending
            found[person] = ({each.id for each in known.asked}, {each.id for each in known.acts})
        return found

    def promises(self) -> dict[tuple[UUID, str], tuple[str, str]]:
        """Every promise to a customer: who holds it, and what became of it."""
        found: dict[tuple[UUID, str], tuple[str, str]] = {}
        for person, lead in self.ids.items():
            for each in self.world.state("sla-monitor", lead).body.promises:
                if each.clock == "customer":
                    assert (each.cycle, each.target) not in found, "one promise, one custodian"
                    found[each.cycle, each.target] = (person, each.status)
        return found

    def roots(self) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for person, lead in self.ids.items():
            into = self.world.state("capture", lead).merged_into
            found[person] = self.names[into.lead_id] if into else None
        return found

    def check(self) -> None:
        """Laws that hold in every world."""
        broken = Counter((e.cycle, e.target) for e in self._sla("breached"))
        assert all(times == 1 for times in broken.values()), "a promise is broken once"
        undone = Counter((e.cycle, e.target) for e in self._sla("breach_retracted"))
        assert all(times == 1 for times in undone.values()) and not set(undone) - set(broken)
        for service in ("enrich", "score", "route", "sla-monitor"):
            for person, into in self.roots().items():
                held = self.world.state(service, self.ids[person]).merged_into
                assert (self.names[held.lead_id] if held else None) == into, (service, person)
        routed = self.world.services["route"]
        owned = Counter(
            standing.owner for lead in self.ids.values()
            if (standing := self.world.state("route", lead).body.standing).counted
        )  # fmt: skip
        assert {m: load.open for m, load in routed.members.items() if load.open} == dict(owned), "loads are true"
        for person, into in self.roots().items():
            standing = self.world.state("route", self.ids[person]).body.standing
            assert into is None or standing.owner is None, "a part has no owner of its own"

    def _sla(self, kind: str) -> list[Any]:
        return [e for e in self.world.told(LeadSla) if e.kind == kind and e.clock == "customer"]


@pytest.mark.parametrize("number", range(25))
def test_every_order_of_reading_ends_the_same(number: int) -> None:
    orders = history(number)
    plain, mixed = Told(orders, None), Told(orders, number)
    plain.check()
    mixed.check()
    assert mixed.roots() == plain.roots()
    assert mixed.facts() == plain.facts()
    assert mixed.watched() == plain.watched()
    there = plain.promises()
    for key, (holder, _) in mixed.promises().items():
        assert key not in there or holder == there[key][0]


IN_TIME = {"met": True, "retracted": True, "late": False, "breached": False}


@pytest.mark.parametrize("number", range(25))
def test_without_an_unmerge_every_verdict_is_the_same(number: int) -> None:
    """(After one, verdicts that were given while both were one stay, and so depend on when they were given.) What was
    armed late was armed for less, and what a merge cancelled may have been judged before the merge was read."""
    orders = history(number, unmerged=False)
    plain, mixed = Told(orders, None).promises(), Told(orders, number).promises()
    for key, (holder, status) in mixed.items():
        if key in plain:
            assert holder == plain[key][0]
            assert "cancelled" in (status, plain[key][1]) or IN_TIME[status] == IN_TIME[plain[key][1]]
