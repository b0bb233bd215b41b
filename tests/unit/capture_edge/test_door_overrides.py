"""POST /v1/commands with kind score.override: what may be set, for how long, by whom; every fault is named at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON

ANN, BOB = "019cd736-d1a0-8b70-9f70-000000000001", "019cd736-d1a0-8b70-9f70-000000000002"
SOON = (NOON + timedelta(days=30)).isoformat()
FIT = {"target": "fit", "value": 50, "expires_at": SOON}
ORDER = {"kind": "score.override", "lead_id": ANN, "author": "mara", "reason": "met them", "override": FIT}
LATEST = "at most 90 days ahead, until 2026-06-01T12:00:00Z"


@asynccontextmanager
async def commanding() -> AsyncIterator[Visitor]:
    """A visitor whose key may order."""
    text, key = made_key(scopes=frozenset({"leads:command"}))
    async with open_door(extra_keys=[key]) as door:
        door.key = text
        yield door


@pytest.mark.parametrize(
    "told",
    [
        FIT,
        {**FIT, "target": "intent", "value": 0},
        {**FIT, "target": "mql", "value": True},
        {**FIT, "target": "veto", "veto": "competitor", "value": False},
        {**FIT, "expires_at": (NOON + timedelta(days=90)).isoformat()},
        {"target": "fit", "clear": True},
        {"target": "veto", "veto": "competitor", "clear": True},
    ],
)
async def test_what_may_be_set_goes_into_the_log(told: dict[str, Any]) -> None:
    async with commanding() as door:
        assert (await door.post("/v1/commands", {**ORDER, "override": told}))[0] == 202
        assert door.taken.way == "commands"


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ({**FIT, "value": 101}, {"override.value": "must be 0 to 100"}),
        ({**FIT, "value": -1}, {"override.value": "must be 0 to 100"}),
        ({**FIT, "value": True}, {"override.value": "must be a whole number of points for fit, 0 to 100"}),
        ({**FIT, "target": "mql", "value": 1}, {"override.value": "must be true or false for mql"}),
        ({**FIT, "value": None}, {"override.value": "is required; or send clear: true"}),
        ({**FIT, "expires_at": None}, {"override.expires_at": f"is required: {LATEST}"}),
        (
            {**FIT, "expires_at": (NOON + timedelta(days=90, seconds=1)).isoformat()},
            {"override.expires_at": f"must be {LATEST}"},
        ),
        ({**FIT, "expires_at": NOON.isoformat()}, {"override.expires_at": "is over already"}),
        (
            {"target": "veto"},
            {
                "override.veto": "is required: the id of the veto in the scoring rules, as competitor",
                "override.value": "is required; or send clear: true",
                "override.expires_at": f"is required: {LATEST}",
            },
        ),
        ({**FIT, "veto": "competitor"}, {"override.veto": "is not a part of an override of fit"}),
        (
            {**FIT, "clear": True},
            {
                "override.value": "is not a part of a clear: the computed value counts from then on",
                "override.expires_at": "is not a part of a clear: the computed value counts from then on",
            },
        ),
        ({**FIT, "target": "grade"}, {"override.target": "must be one of 'fit', 'intent', 'mql' or 'veto'"}),
        (None, {"override": "is required: what is to be set, or cleared"}),
    ],
)
async def test_every_fault_is_named_with_what_would_be_right(told: Any, faults: dict[str, str]) -> None:
    async with commanding() as door:
        status, answer = await door.post("/v1/commands", {**ORDER, "override": told})
        assert (status, {each["path"]: each["problem"] for each in answer["errors"]}) == (422, faults)
        assert not door.log.written


async def test_ninety_days_count_from_when_it_was_ordered() -> None:
    async with commanding() as door:
        earlier = {**ORDER, "occurred_at": (NOON - timedelta(days=10)).isoformat()}
        late = {**FIT, "expires_at": (NOON + timedelta(days=81)).isoformat()}
        status, told = await door.post("/v1/commands", {**earlier, "override": late})
        assert status == 422 and "until 2026-05-22T12:00:00Z" in told["errors"][0]["problem"]
        assert (await door.post("/v1/commands", {**earlier, "override": FIT}))[0] == 202


async def test_a_merge_has_no_override_and_an_override_names_no_second_lead() -> None:
    async with commanding() as door:
        merge = {**ORDER, "kind": "lead.merge", "duplicate_id": BOB}
        status, told = await door.post("/v1/commands", merge)
        assert status == 422 and told["errors"] == [{"path": "override", "problem": "is not a part of lead.merge"}]
        status, told = await door.post("/v1/commands", {**ORDER, "duplicate_id": BOB})
        assert status == 422 and told["errors"][0]["path"] == "duplicate_id"


async def test_who_may_write_leads_may_not_override() -> None:
    async with open_door() as door:
        assert (await door.post("/v1/commands", ORDER))[0] == 403
        assert not door.log.written


async def test_an_override_sent_as_a_bare_act_is_told_where_it_belongs() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/activities", {"kind": "score.overridden", "email": "ann@x.example"})
        assert status == 422 and told["errors"] == [
            {"path": "kind", "problem": "is ordered by POST /v1/commands with kind score.override"}
        ]
        assert not door.log.written
