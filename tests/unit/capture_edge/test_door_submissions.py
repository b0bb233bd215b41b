"""GET /v1/submissions/{id}: what became of a submission, told to the system that sent it and to nobody else."""

import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

import leadline_capture
from leadline_capture.edge.submissions import NAMES, Outcome, SubmissionStatus
from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON

LEAD = UUID(int=7)


def decided(door: Visitor, source: str | None = "website", outcome: Outcome = "captured") -> str:
    submission = uuid4()
    door.decided.known[submission] = (
        source,
        SubmissionStatus(submission_id=submission, outcome=outcome, lead_id=LEAD, decided_at=NOON),
    )
    return f"/v1/submissions/{submission}"


async def test_a_202_says_where_to_ask() -> None:
    async with open_door() as door:
        headers = {"Authorization": f"Bearer {door.key}"}
        act = {"kind": "page.viewed", "email": "a@b.example"}
        for path, body in (("/v1/leads", {"email": "a@b.example"}), ("/v1/activities", act)):
            async with door.session.post(f"{door.url}{path}", json=body, headers=headers) as response:
                told = await response.json()
                assert response.headers["Location"] == f"/v1/submissions/{told['submission_id']}"
        async with door.session.post(f"{door.url}/v1/sources/website_form", data={"email": "a@b.example"}) as response:
            assert response.headers["Location"].startswith("/v1/submissions/")


async def test_the_sender_is_told_what_became_of_it() -> None:
    async with open_door() as door:
        path = decided(door)
        status, told = await door.get(path)
        assert status == 200
        assert told == {
            "submission_id": path.rpartition("/")[2],
            "outcome": "captured",
            "lead_id": str(LEAD),
            "decided_at": "2026-03-03T12:00:00Z",
        }


async def test_what_is_not_decided_and_what_is_not_ones_own_look_the_same() -> None:
    async with open_door() as door:
        answers = [await door.get(path) for path in (f"/v1/submissions/{uuid4()}", decided(door, "crm"))]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404 and answers[0][1]["code"] == "not_known_yet"
        admin_text, admin = made_key(source="ops", scopes=frozenset({"admin"}))
        door.keys.replace([admin])
        assert (await door.get(decided(door, "crm"), headers={"Authorization": f"Bearer {admin_text}"}))[0] == 200


@pytest.mark.parametrize("scope", ["leads:read", "consents:write", "leads:write"])
async def test_every_scope_that_sends_or_reads_may_ask(scope: str) -> None:
    text, key = made_key(scopes=frozenset({scope}))
    async with open_door(extra_keys=[key]) as door:
        assert (await door.get(decided(door), headers={"Authorization": f"Bearer {text}"}))[0] == 200


async def test_nobody_else_may() -> None:
    text, key = made_key(scopes=frozenset({"pii:read"}))
    ended, old = made_key(revoked_at=datetime(2026, 1, 2, tzinfo=UTC))
    async with open_door(extra_keys=[key, old]) as door:
        path = decided(door)
        assert (await door.get(path, headers={"Authorization": f"Bearer {text}"}))[0] == 403
        assert (await door.get(path, headers={"Authorization": f"Bearer {ended}"}))[0] == 401
        assert (await door.get(path, headers={"Authorization": None}))[0] == 401


async def test_while_the_database_is_away_it_says_so() -> None:
    async with open_door() as door:
        door.decided.away = True
        status, told = await door.get(f"/v1/submissions/{uuid4()}")
        assert (status, told["code"]) == (503, "database_away")


def test_whatever_the_step_stores_has_a_name_for_the_sender() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in Path(leadline_capture.__path__[0]).glob("decide*.py"))
    stored = set(re.findall(r'became\(parsed, [\w.]+, "(\w+)"|_change\(parsed, [\w.]+, "(\w+)"', source))
    assert {one or other for one, other in stored} <= set(NAMES) and len(stored) > 5


async def test_an_id_that_is_none_is_not_found() -> None:
    async with open_door() as door:
        assert (await door.get("/v1/submissions/ada"))[0] == 404
        assert (await door.post(f"/v1/submissions/{uuid4()}", {}))[0] == 405
