"""What a batch tells is what its events tell one by one, in whatever batches they are read; on a real PostgreSQL."""

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from leadline_notify.core.notices import Told
from leadline_schemas.ids import derived_id
from tests.integration.notify.desk import Desk
from tests.unit.notify.company import NIGHT, Story

pytestmark = pytest.mark.stack
PROMISES = ("first_email", "first_call")
KINDS = ("routed", "moved", "warned", "breached", "met", "breach_retracted", "paused", "cancelled")


def told_of(lead: UUID, chance: random.Random, length: int) -> list[Told]:
    """What a life of one lead tells, as its owner sleeps: much of it is needless by the morning."""
    story, owner, breaches = Story(now=NIGHT, lead=lead), "ana", {each: str(UUID(int=0)) for each in PROMISES}
    told: list[Told] = []
    assignment = 0
    for number in range(length):
        kind, target = chance.choice(KINDS), chance.choice(PROMISES)
        fields: dict[str, Any] = {
            "cycle": str(lead),
            "target": target,
            "owner": owner,
            "manager": "mia",
            "clock": "customer",
        }
        if kind in ("routed", "moved"):
            assignment += 1
            before, owner = owner, chance.choice(["ana", "ben"])
            gone = before if kind == "moved" and before != owner else None
            told.append(story.routed(owner=owner, assignment=assignment, released=gone, cause="reassigned"))
        elif kind == "breached":
            breaches[target] = str(derived_id("breach", lead, number))
            told.append(story.sla("breached", **fields, sla_id=breaches[target], told=[owner, "mia"]))
        elif kind == "breach_retracted":
            told.append(
                story.sla("breached", **fields, kind=kind, supersedes=breaches[target], told=["ana", "ben", "mia"])
            )
        else:
            named = [owner] if kind == "warned" else []
            told.append(story.sla("warned", **fields, kind=kind, told=named))
    return told


async def left(desk: Desk) -> set[tuple[Any, ...]]:
    """What is still to be told; what was never written, or dropped, is the same to everybody."""
    return set(await desk.rows("id, kind, recipient, channel, due_at", "status = 'waiting'"))


async def written(desk: Desk, batches: Sequence[Sequence[Told]]) -> set[tuple[Any, ...]]:
    await desk.asked.fetch("DELETE FROM notice")
    for batch in batches:
        await desk.write(*batch)
    return await left(desk)


async def test_one_batch_is_any_split_of_it(desk: Desk) -> None:
    desk.at(NIGHT)
    some = 0
    for seed in range(40):
        chance = random.Random(seed)
        lives = [told_of(UUID(int=seed * 10 + n), chance, 12) for n in range(2)]
        events = [each for pair in zip(*lives, strict=True) for each in pair]
        cuts = sorted(chance.sample(range(1, len(events)), 5))
        parts = [events[a:b] for a, b in zip([0, *cuts], [*cuts, len(events)], strict=True)]
        one_by_one = await written(desk, [[each] for each in events])
        assert await written(desk, [events]) == one_by_one, f"seed {seed}"
        assert await written(desk, parts) == one_by_one, f"seed {seed}"
        some += len(one_by_one)
    assert some > 100
