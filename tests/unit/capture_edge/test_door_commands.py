"""POST /v1/commands: who may order, what is refused at once, and what goes into the log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON

ANN, BOB = "019cd736-d1a0-8b70-9f70-000000000001", "019cd736-d1a0-8b70-9f70-000000000002"
MERGE = {"kind": "lead.merge", "lead_id": ANN, "duplicate_id": BOB, "author": "mara", "reason": "one person"}
TEXT, KEY = made_key(scopes=frozenset({"leads:command"}))


@asynccontextmanager
async def commanding() -> AsyncIterator[Visitor]:
    """A visitor whose key may order."""
    async with open_door(extra_keys=[KEY]) as door:
        door.key = TEXT
        yield door


async def test_a_command_goes_into_the_log_as_it_came() -> None:
    async with commanding() as door:
        status, told = await door.post("/v1/commands", MERGE)
        assert (status, told["status"]) == (202, "accepted")
        assert (door.taken.way, door.taken.source, door.taken.received_at) == ("commands", "website", NOON)
        assert str(door.taken.submission_id) == told["submission_id"]


async def test_who_may_write_leads_may_not_order() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/commands", MERGE)
        assert (status, told["code"]) == (403, "forbidden") and "leads:command" in told["detail"]
        assert not door.log.written


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"duplicate_id": ANN}, "duplicate_id"),
        ({"duplicate_id": None}, "duplicate_id"),
        ({"kind": "lead.unmerge"}, "duplicate_id"),
        ({"kind": "lead.sell"}, "kind"),
        ({"lead_id": "ann"}, "lead_id"),
        ({"reason": ""}, "reason"),
        ({"surprise": 1}, "surprise"),
    ],
)
async def test_what_is_wrong_is_named(change: dict[str, Any], path: str) -> None:
    async with commanding() as door:
        status, told = await door.post("/v1/commands", {**MERGE, **change})
        assert status == 422 and [each["path"] for each in told["errors"]] == [path]


async def test_its_own_id_makes_a_repeat_the_same_submission() -> None:
    async with commanding() as door:
        first = await door.post("/v1/commands", {**MERGE, "id": "m-1"})
        assert await door.post("/v1/commands", {**MERGE, "id": "m-1"}) == first
