"""A canary goes through all five services and leaves nothing behind; nobody can hide a lead with its mark."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from leadline_runtime.canary import LIVES_FOR
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import LeadScored
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.whole_pipeline import MINUTE, Whole

TUESDAY = instant("2026-03-10T14:00:00Z")
CANARY = {"type": "other", "email": "c1@canary.invalid"}
ANN = {"type": "demo_request", "email": "ann@bayfreight.example", "name": "Ann Lee", "country": "US", "state": "MA"}
HOPS = (LeadCaptured, LeadEnriched, LeadScored, LeadRouted, LeadSla)


@pytest.fixture
def world() -> Whole:
    return Whole(TUESDAY)


def kept(world: Whole) -> dict[str, Any]:
    """Everything that the services hold."""
    return {
        name: (dict(s.leads.rows), list(s.inbox), dict(s.members), dict(s.pools), deepcopy(vars(s.capture)))
        for name, s in world.services.items()
    }


def test_it_is_told_by_every_step_and_kept_by_none(world: Whole) -> None:
    world.says(ANN)
    world.until(TUESDAY + MINUTE)
    before, events = kept(world), len(world.events)
    world.says(CANARY, canary=True)
    world.until(TUESDAY + 2 * MINUTE)
    assert [type(each) for each in world.events[events:]] == list(HOPS)
    assert kept(world) == before


def test_it_is_given_to_nobody_and_ends_as_soon_as_it_is_routed(world: Whole) -> None:
    world.says(CANARY, canary=True)
    world.settle()
    (routed,), (end,) = world.told(LeadRouted), world.told(LeadSla)
    assert (routed.outcome, routed.rule, routed.owner, routed.pool, routed.candidates) == (
        "parked", "canary", None, None, ()
    )  # fmt: skip
    assert (end.kind, end.clock, end.canary, end.policy) == ("met", "decision", True, None)
    assert end.lead_id == routed.lead_id
    assert end.elapsed_s == 0


def test_a_hundred_of_them_leave_what_one_leaves(world: Whole) -> None:
    before = kept(world)
    for number in range(100):
        world.now += MINUTE
        world.says(CANARY, canary=True, id=f"beat {number}")
        world.settle()
    assert len({each.lead_id for each in world.told(LeadSla)}) == 100
    assert kept(world) == before


def test_after_an_outage_those_that_nobody_waits_for_are_let_go(world: Whole) -> None:
    world.says(CANARY, canary=True)
    world.now += LIVES_FOR + timedelta(seconds=1)
    world.says(CANARY, canary=True)
    world.settle()
    assert len(world.told(LeadCaptured)) == 1


@pytest.mark.parametrize("more", [
    {"email": "ann@bayfreight.example"}, {"phone": "+12125550142"}, {"name": "Ann Lee"}, {"type": "demo_request"},
    {"external_id": {"system": "sf", "id": "77"}}, {"email": "c1@canary.invalid.example"}, {"message": "call me"},
])  # fmt: skip
def test_a_lead_that_came_with_its_mark_is_a_lead(world: Whole, more: dict[str, Any]) -> None:
    world.says({**CANARY, **more}, canary=True)
    world.settle()
    (captured,) = world.told(LeadCaptured)
    assert captured.canary is None
    assert captured.lead_id in world.services["capture"].leads.rows


def test_without_the_mark_its_words_make_nothing_of_it(world: Whole) -> None:
    world.says(CANARY)
    world.settle()
    (captured,) = world.told(LeadCaptured)
    assert captured.canary is None


def test_its_address_joins_it_to_nobody(world: Whole) -> None:
    world.says({**CANARY, "external_id": {"system": "sf", "id": "77"}}, trusted=True)
    world.says(CANARY, canary=True)
    world.settle()
    assert len({each.lead_id for each in world.told(LeadCaptured)}) == 2
