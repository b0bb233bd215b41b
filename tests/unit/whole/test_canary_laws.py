"""Whatever happens, it happens alike with canaries between: owners, balances, promises, every event of every lead."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.captured import LeadCaptured
from tests.support.golden import instant
from tests.support.whole_pipeline import MINUTE, Whole

TUESDAY = instant("2026-03-10T14:00:00Z")
PEOPLE = ("ann", "bob", "cleo")
TYPES = ("demo_request", "contact_sales", "content_download", "other")
CANARY = {"type": "other", "email": "c1@canary.invalid"}
Step = tuple[str, str]
steps = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(TYPES)) | st.just(("canary", "")) | st.just(("minutes", "")),
    min_size=1, max_size=12,
)  # fmt: skip


def lived(happened: list[Step], *, canaries: bool) -> Whole:
    """A pipeline after all of it."""
    world = Whole(TUESDAY)
    for number, (who, type_) in enumerate(happened):
        if who == "minutes":
            world.until(world.now + 7 * MINUTE)
        elif who != "canary":
            told = {"type": type_, "email": f"{who}@bayfreight.example", "country": "US", "state": "MA"}
            world.says(told, id=f"said {number}")
        elif canaries:
            world.says(CANARY, canary=True, id=f"beat {number}")
        world.settle()
    world.until(world.now + 90 * MINUTE)
    return world


def bare(value: Any) -> Any:
    """Without where in Kafka a record stood: canaries take places there."""
    if isinstance(value, dict):
        return {name: bare(each) for name, each in value.items() if name != "position"}
    return [bare(each) for each in value] if isinstance(value, list) else value


def told(world: Whole) -> list[Any]:
    """Every event about somebody."""
    nobody = {each.lead_id for each in world.told(LeadCaptured) if each.canary}
    return [bare(each.model_dump(mode="json")) for each in world.events if each.lead_id not in nobody]


def held(world: Whole) -> dict[str, Any]:
    """Whom the services know, when they will look at them again, who has how many leads and turns."""
    return {
        name: (
            {lead: (s.revision, s.timer_at, s.judge_at, s.merged_into) for lead, (_, s) in service.leads.rows.items()},
            service.members, service.pools, sorted(service.capture.reservations), sorted(service.capture.submitted),
        )
        for name, service in world.services.items()
    }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(happened=steps)
def test_canaries_change_nothing_for_anybody(happened: list[Step]) -> None:
    without, beside = lived(happened, canaries=False), lived(happened, canaries=True)
    assert told(beside) == told(without)
    assert held(beside) == held(without)
