"""POST /v1/commands with kind calendar.apply: which calendars a lead's open deadlines are to be counted by."""

from typing import Any

import pytest

from tests.support.door import made_key, open_door

ORDER: dict[str, Any] = {
    "kind": "calendar.apply", "lead_id": "019cd736-d1a0-8b70-9f70-000000000001", "author": "mara",
    "reason": "a forgotten holiday", "calendars": {"version": "2026-07-01", "digest": "5f0c2a9d41b7e683"},
}  # fmt: skip
WRONG = "must be 16 hexadecimal digits, as `leadline calendar diff` shows them"


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}),
        ({"calendars": None}, {"calendars": "is required: version and digest of the calendars"}),
        ({"calendars": {"version": "1", "digest": "5F0C"}}, {"calendars.digest": WRONG}),
        ({"kind": "lead.release"}, {"calendars": "is not a part of lead.release"}),
    ],
)
async def test_it_goes_into_the_log_or_every_fault_is_named(changed: dict[str, Any], faults: dict[str, str]) -> None:
    text, key = made_key(scopes=frozenset({"leads:command"}))
    async with open_door(extra_keys=[key]) as door:
        door.key = text
        status, told = await door.post("/v1/commands", {**ORDER, **changed})
        assert (status, {each["path"]: each["problem"] for each in told.get("errors", ())}) == (
            422 if faults else 202, faults,
        )  # fmt: skip


async def test_as_a_bare_activity_it_is_refused_with_where_it_belongs() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/activities", {"kind": "calendar.applied", "email": "ann@x.example"})
        assert status == 422
        assert told["errors"][0]["problem"] == "is ordered by POST /v1/commands with kind calendar.apply"
