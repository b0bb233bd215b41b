"""A person overrides a score, through all five services: who gets the lead then, and what it is promised (rules B3.11).

Tuesday 10 March 2026 in New York; a demo request is promised an e-mail within 5 minutes.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from tests.support.whole_pipeline import Whole

PLACE = {"country": "US", "state": "NY"}
CLICK = {"type": "newsletter", "email": "ann@x.example", "name": "Ann Lee"}
RIVAL = {"type": "demo_request", "email": "eve@rivalware.example", "name": "Eve Fox"}
DEMO = {"type": "demo_request", "email": "ann@x.example", "name": "Ann Lee"}


def at(clock: str) -> datetime:
    """A time of that day, UTC."""
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


class Day:
    """One lead, and what a person makes of it."""

    def __init__(self, payload: dict[str, Any], seed: int | None = None) -> None:
        self.world = Whole(at("14:00:00"), seed)
        self.lead = self.comes(payload)

    def comes(self, payload: dict[str, Any]) -> UUID:
        granted = [{"purpose": "marketing", "channel": "email", "state": "granted"}]
        self.world.says({**payload, **PLACE, "consent": granted})
        self.world.captures()
        lead: UUID = self.world.told(LeadCaptured)[-1].lead_id
        self.world.settle()
        return lead

    def orders(self, clock: str, *, days: float = 30, lead: UUID | None = None, **what: Any) -> None:
        self.world.until(at(clock))
        until = self.world.now + timedelta(days=days)
        told = what if what.get("clear") else {**what, "expires_at": until.isoformat()}
        command = {
            "kind": "score.override", "lead_id": lead or self.lead, "author": "mara", "reason": "met them",
            "override": told,
        }  # fmt: skip
        self.world.says(command, way="commands")
        self.world.settle()

    def acts(self, clock: str, kind: str, **more: Any) -> None:
        self.world.until(at(clock))
        owner = self.routed.owner
        told = {"kind": kind, "email": "ann@x.example", "actor": {"kind": "person", "id": owner}, **more}
        self.world.says(told, way="activities")
        self.world.settle()

    @property
    def routed(self) -> LeadRouted:
        found: LeadRouted = self.world.told(LeadRouted)[-1]
        return found

    @property
    def scored(self) -> LeadScored:
        found: LeadScored = self.world.told(LeadScored)[-1]
        return found

    def sla(self, *kinds: str) -> list[LeadSla]:
        return [e for e in self.world.told(LeadSla) if e.clock == "customer" and e.kind in kinds]


SEEDS = [None, *range(3)]


@pytest.mark.parametrize("seed", SEEDS)
def test_whom_a_person_calls_an_mql_goes_to_a_person_whose_clock_starts_then(seed: int | None) -> None:
    day = Day(CLICK, seed)
    assert day.routed.outcome == "nurture"
    day.orders("15:00:00", target="mql", value=True)
    assert (day.scored.cause, day.scored.scorecard.mql_reasons) == ("override", ("override",))
    assert (day.routed.outcome, day.routed.cause, day.routed.owner is not None) == ("person", "override", True)
    (armed,) = [e for e in day.sla("armed") if e.policy not in ("content", None)]
    assert armed.start == at("15:00:00")


@pytest.mark.parametrize("seed", SEEDS)
def test_when_it_expires_the_lead_is_as_it_was_and_who_has_it_keeps_it(seed: int | None) -> None:
    day = Day(CLICK, seed)
    before = day.scored.scorecard
    day.orders("15:00:00", target="mql", value=True, days=0.125)
    day.acts("15:05:00", "email.sent")
    owner = day.routed.owner
    day.world.until(at("18:00:00"))
    after = day.scored.scorecard
    assert (day.scored.cause, after.mql, after.overrides) == ("override", False, None)
    says = {"mql", "signal", "grade", "total", "fit", "intent", "explanation", "mql_entry"}
    assert after.model_dump(include=says) == before.model_dump(include=says)
    assert (day.routed.outcome, day.routed.owner) == ("person", owner)


@pytest.mark.parametrize("seed", SEEDS)
def test_whom_a_person_calls_no_mql_is_nurtured_unless_somebody_has_it(seed: int | None) -> None:
    owned = Day(DEMO, seed)
    owned.orders("14:01:00", target="mql", value=False)
    assert (owned.scored.scorecard.mql, owned.routed.outcome) == (False, "person")
    rival = Day(RIVAL, seed)
    rival.orders("14:01:00", target="mql", value=False)
    rival.orders("14:02:00", target="veto", veto="competitor", value=False)
    assert (rival.scored.scorecard.vetoes, rival.routed.outcome, rival.routed.cause) == ((), "nurture", "override")
    rival.orders("14:03:00", target="mql", clear=True)
    assert (rival.scored.scorecard.mql_reasons, rival.routed.outcome) == (("hand_raise",), "person")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_veto_that_is_set_off_lets_the_lead_through_to_what_it_asked_for(seed: int | None) -> None:
    day = Day(RIVAL, seed)
    assert (day.routed.outcome, day.routed.reason) == ("disqualified", "competitor")
    day.orders("15:00:00", target="veto", veto="competitor", value=False)
    assert (day.routed.outcome, day.routed.cause) == ("person", "override")
    email = next(e for e in day.sla("armed") if e.target == "first_email")
    assert (email.policy, email.start, email.due_at) == ("demo_or_pricing", at("15:00:00"), at("15:05:00"))
    day.world.until(at("15:30:00"))
    assert [e.due_at for e in day.sla("breached") if e.target == "first_email"] == [at("15:05:00")]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fit_that_a_person_set_makes_an_mql_by_score(seed: int | None) -> None:
    day = Day(CLICK, seed)
    day.orders("15:00:00", target="intent", value=40)
    assert (day.scored.scorecard.total, day.routed.outcome) == ("40.000", "nurture")
    day.orders("15:10:00", target="fit", value=50)
    assert (day.scored.scorecard.total, day.scored.scorecard.mql_reasons) == ("90.000", ("score",))
    assert day.routed.outcome == "person"


@pytest.mark.parametrize("seed", SEEDS)
def test_an_override_goes_with_its_lead_when_leads_become_one(seed: int | None) -> None:
    day = Day(CLICK, seed)
    bob = day.comes({**CLICK, "email": "bob@x.example", "name": "Bob Ray"})
    day.orders("15:00:00", target="mql", value=True, lead=bob)
    told = {"kind": "lead.merge", "lead_id": day.lead, "duplicate_id": bob, "author": "mara", "reason": "one person"}
    day.world.says(told, way="commands")
    day.world.settle()
    merged = day.world.told(LeadScored, day.lead)[-1]
    assert merged.scorecard.mql_reasons == ("override",)
    day.world.says({**told, "kind": "lead.unmerge", "lead_id": bob, "duplicate_id": None}, way="commands")
    day.world.settle()
    assert [day.world.told(LeadScored, each)[-1].scorecard.mql for each in (day.lead, bob)] == [False, True]
