"""Orders about who has a lead, from the door's record to the promise that its new owner is held to."""

from datetime import UTC, datetime, timedelta
from typing import Any

from leadline_route.outcomes import CommandOutcome
from leadline_route.store import RouteStore
from leadline_route.testing import MemoryOutcomes
from tests.support.whole import Whole

TUESDAY = datetime(2026, 3, 10, 15, tzinfo=UTC)
NIGHT = datetime(2026, 3, 11, 1, tzinfo=UTC)  # 21:00 in New York
MINUTE = timedelta(minutes=1)
ANN: dict[str, Any] = {
    "name": "Ann Lee", "email": "ann@bayfreight.example", "phone": "+1 212 555 0101", "company": "Bay Freight",
    "country": "US", "state": "NY", "type": "demo_request",
}  # fmt: skip


async def orders(whole: Whole, verb: str, author: str, **more: Any) -> CommandOutcome:
    """An order as the door writes it, and what is told to who gave it."""
    store = whole.loops["route"].step.store
    assert isinstance(store, RouteStore) and isinstance(store.outcomes, MemoryOutcomes)
    known = set(store.outcomes.kept)
    told = {"lead_id": str(whole.lead.lead_id), "verb": verb, "author": author, **more}
    await whole.comes(told, way="assignments", source="crm", trusted=True)
    (new,) = set(store.outcomes.kept) - known
    return store.outcomes.kept[new]


async def test_a_lead_of_the_night_is_claimed_and_promised_by_who_claimed_it() -> None:
    whole = await Whole(NIGHT).comes(ANN)
    assert whole.routed.outcome == "held"
    await whole.at(NIGHT + MINUTE)
    told = await orders(whole, "claim", "ben")
    assert (told.applied, told.owner, whole.routed.owner, whole.routed.cause) == (True, "ben", "ben", "claimed")
    late = await orders(whole, "claim", "ana")
    assert (late.applied, late.owner) == (False, "ben") and late.reason in ("superseded", "owned_by_another")
    assert whole.routed.owner == "ben"


async def test_declined_reassigned_and_released_it_is_one_promise_to_the_customer() -> None:
    whole = await Whole(TUESDAY).comes(ANN)
    assert whole.routed.owner == "ana"
    owners = ["ana"]
    for verb, author, more in (
        ("decline", "ana", {"reason": "overloaded"}),
        ("reassign", "mia", {"to": "dev", "reason": "workload"}),
        ("release", "dev", {"reason": "vacation"}),
    ):
        await whole.at(whole.now + MINUTE)
        told = await orders(whole, verb, author, **more)
        assert told.applied and told.assignment == len(owners) + 1
        owners.append(whole.routed.owner or "")
    assert owners == ["ana", "ben", "dev", "cleo"]
    assert whole.promises["first_email"] == ["armed", "warned"], (
        "armed once: the customer's clock is one, whoever has the lead"
    )


async def test_an_order_about_nobody_reaches_no_decision_of_route() -> None:
    whole = await Whole(TUESDAY).comes(ANN)
    told = {"lead_id": "019cd736-d1a0-8b70-9f70-000000000001", "verb": "claim", "author": "ben"}
    await whole.comes(told, way="assignments", source="crm", trusted=True)
    assert (whole.routed.owner, whole.routed.assignment) == ("ana", 1)
