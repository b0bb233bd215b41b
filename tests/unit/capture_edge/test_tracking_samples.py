"""The samples of the vendor's own documentation, through the door and the mapping that ships."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadline_capture.core.mapping import submissions
from leadline_schemas.payloads import ActivityPayload, LeadPayload
from tests.support.door import open_door
from tests.support.submissions import shipped_sources

SAMPLES = Path(__file__).parents[2] / "data" / "payloads" / "segment"
CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("http-api_00", "identify", {"profile": True, "email": "pgibbons@example.com", "name": "Peter Gibbons"}),
    ("http-api_01", "track", {"kind": "other", "name": "Item Purchased", "user_id": "019mr8mf4r"}),
    ("http-api_02", "page", {"kind": "page.viewed", "name": "Tracking HTTP API"}),
    ("http-api_03", "screen", {"kind": "page.viewed", "name": "Tracking HTTP API"}),
    ("http-api_04", "group", {"profile": True, "company": "Initech", "industry": "Technology", "employees": 420}),
    ("http-api_05", "alias", {"alias": True, "anonymous_id": "39239-239239-239239-23923", "user_id": "019mr8mf4r"}),
    ("http-api_07", "identify", {"industry": "Technology", "extra": {}}),
    ("identify_00", "identify", {"email": "peter@example.com", "extra": {"plan": "premium", "logins": "5"}}),
    ("identify_01", "identify", {"city": "San Francisco", "postal_code": "94103", "country": "USA"}),
]


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "kind", "wanted"), CASES, ids=[f"{name} {kind}" for name, kind, _ in CASES])
async def test_a_documented_sample_says_what_it_says(name: str, kind: str, wanted: dict[str, Any]) -> None:
    async with open_door() as door:
        body = {**sample(name), "writeKey": door.key}
        assert await door.post(f"/v1/{kind}", body, headers={"Authorization": None}) == (200, {"success": True})
        found = submissions(door.taken, shipped_sources())
    payloads: list[LeadPayload | ActivityPayload] = [*found.leads, *found.activities]
    (payload,) = payloads
    assert {field: getattr(payload, field) for field in wanted} == wanted
    assert set(found.notes) <= {"kind: is not in the mapping's table"}  # an event that nobody named


async def test_the_documented_batch_is_four_messages_and_its_odd_date_costs_nothing() -> None:
    async with open_door() as door:
        body = {**sample("http-api_06"), "writeKey": door.key}
        assert await door.post("/v1/batch", body, headers={"Authorization": None}) == (200, {"success": True})
        found = [submissions(received, shipped_sources()) for _, received, _ in door.log.written]
    leads = [lead for each in found for lead in each.leads]
    assert [lead.email for lead in leads] == ["jake@yahoo.com", "cindy@example.com"]
    assert [act.name for each in found for act in each.activities] == ["Song Played", "Song Played"]
    # The vendor's own page writes 2015-2-02.
    assert [lead.occurred_at is None for lead in leads] == [False, True]
    assert found[2].notes == ("occurred_at: is not a time (rfc3339)",)
