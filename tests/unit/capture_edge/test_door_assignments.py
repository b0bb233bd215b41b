"""POST /v1/assignments/{lead_id}/{verb}: what a sender is told, at once and if it waits."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_capture.edge.outcomes import CommandStatus
from leadline_schemas.commands import ASSIGNMENT_KINDS, AssignmentOrder
from leadline_schemas.ids import submission_id_of_key
from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON

LEAD = "019cd736-d1a0-8b70-9f70-000000000001"
CLAIM = f"/v1/assignments/{LEAD}/claim"
ANA = {"author": "ana"}


@asynccontextmanager
async def ordering(**settings: Any) -> AsyncIterator[Visitor]:
    """A CRM whose key may order who has a lead."""
    text, key = made_key(scopes=frozenset({"assignments:write"}), source="crm")
    async with open_door(extra_keys=[key], **settings) as door:
        door.key = text
        yield door


def applied(command: UUID) -> CommandStatus:
    return CommandStatus(
        id=command, status="applied", lead_id=UUID(LEAD), owner="ana", assignment=2, outcome="person", decided_at=NOON
    )


def refused(command: UUID) -> CommandStatus:
    return CommandStatus(
        id=command, status="refused", lead_id=UUID(LEAD), owner="ben", assignment=2, outcome="person",
        reason="owned_by_another", detail="only a lead that nobody has can be claimed; ben has it", decided_at=NOON,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("claim", ANA),
        ("accept", ANA),
        ("decline", {**ANA, "reason": "language"}),
        ("reassign", {"author": "mia", "to": "ben", "reason": "workload"}),
        ("release", {**ANA, "reason": "vacation"}),
    ],
)
async def test_each_is_durable_and_says_where_to_ask(verb: str, body: dict[str, Any]) -> None:
    async with ordering() as door:
        headers = {"Authorization": f"Bearer {door.key}"}
        path = f"/v1/assignments/{LEAD}/{verb}"
        async with door.session.post(f"{door.url}{path}", json=body, headers=headers) as response:
            told = await response.json()
            assert (response.status, told["status"]) == (202, "accepted")
            assert response.headers["Location"] == f"/v1/assignments/commands/{told['submission_id']}"
            assert "Preference-Applied" not in response.headers
        assert (door.taken.way, door.taken.source, str(door.taken.submission_id)) == (
            "assignments", "crm", told["submission_id"],
        )  # fmt: skip
        order = AssignmentOrder.model_validate_json(door.taken.body)
        assert (str(order.lead_id), order.verb, order.author) == (LEAD, verb, body["author"])
        assert door.commanded.waited == [], "nobody asked to wait"


@pytest.mark.parametrize(
    ("verb", "body", "faults"),
    [
        ("claim", {}, {"author": "is required"}),
        ("claim", {**ANA, "to": "ben"}, {"to": "is not a part of claim: it is for the author"}),
        ("decline", ANA, {"reason": "is required of decline: why, in a word"}),
        (
            "reassign",
            {"author": "mia"},
            {"to": "is required: who is to have the lead", "reason": "is required of reassign: why, in a word"},
        ),
        (
            "release",
            {**ANA, "reason": "Ann is ill"},
            {"reason": "must be a word in lower case, such as wrong_territory"},
        ),
        ("accept", {**ANA, "mood": "good"}, {"mood": "is not a known field"}),
    ],
)
async def test_every_fault_is_named_and_nothing_is_stored(verb: str, body: Any, faults: dict[str, str]) -> None:
    async with ordering() as door:
        status, told = await door.post(f"/v1/assignments/{LEAD}/{verb}", body)
        assert (status, {each["path"]: each["problem"] for each in told["errors"]}) == (422, faults)
        assert not door.log.written


async def test_who_waits_is_told_the_outcome_itself() -> None:
    async with ordering() as door:
        door.commanded.becomes = applied
        headers = {"Authorization": f"Bearer {door.key}", "Prefer": "respond-async, Wait=5"}
        async with door.session.post(f"{door.url}{CLAIM}", json=ANA, headers=headers) as response:
            told = await response.json()
            assert (response.status, response.headers["Preference-Applied"]) == (200, "wait=5")
            assert response.headers["Location"] == f"/v1/assignments/commands/{told['id']}"
        assert {name: told[name] for name in ("status", "owner", "assignment", "lead_id")} == {
            "status": "applied", "owner": "ana", "assignment": 2, "lead_id": LEAD,
        }  # fmt: skip
        assert door.commanded.waited == [5]


async def test_a_refusal_says_who_has_the_lead_and_why() -> None:
    async with ordering() as door:
        door.commanded.becomes = refused
        status, told = await door.post(CLAIM, ANA, headers={"Prefer": "wait=5"})
        assert (status, told["code"], told["reason"]) == (409, "not_applied", "owned_by_another")
        assert (told["owner"], told["assignment"]) == ("ben", 2)
        assert told["detail"] == "only a lead that nobody has can be claimed; ben has it"


async def test_what_is_not_decided_in_time_is_answered_202_after_the_wait() -> None:
    async with ordering(edge_wait_s=3.0) as door:
        headers = {"Authorization": f"Bearer {door.key}", "Prefer": "wait=600"}
        async with door.session.post(f"{door.url}{CLAIM}", json=ANA, headers=headers) as response:
            assert (response.status, response.headers["Preference-Applied"]) == (202, "wait=3")
        assert door.commanded.waited == [3]


async def test_no_request_waits_longer_than_it_may_take() -> None:
    async with ordering(edge_wait_s=60.0, edge_deadline_s=5.0) as door:
        await door.post(CLAIM, ANA, headers={"Prefer": "wait=60"})
        assert door.commanded.waited == [4]


@pytest.mark.parametrize("prefer", ["respond-async", "wait", "wait=soon", "wait=-1", "return=minimal"])
async def test_other_preferences_are_not_meant_for_us(prefer: str) -> None:
    async with ordering() as door:
        assert (await door.post(CLAIM, ANA, headers={"Prefer": prefer}))[0] == 202
        assert door.commanded.waited == []


async def test_the_same_key_and_order_is_the_same_command_and_another_lead_under_it_is_refused() -> None:
    async with ordering() as door:
        key = {"Idempotency-Key": "order-7"}
        first, again = [await door.post(CLAIM, ANA, headers=key) for _ in range(2)]
        assert first == again and first[0] == 202
        for path in (f"/v1/assignments/{uuid4()}/claim", f"/v1/assignments/{LEAD}/accept"):
            status, told = await door.post(path, ANA, headers=key)
            assert (status, told["code"]) == (409, "key_reused")


async def test_a_command_without_a_key_is_remembered_too_so_that_it_can_be_asked_for() -> None:
    async with ordering() as door:
        _, told = await door.post(CLAIM, {**ANA, "id": "crm-9"})
        assert (
            set(door.memory.kept) == {UUID(told["submission_id"])} == {submission_id_of_key("crm/assignments", "crm-9")}
        )


async def test_who_may_write_leads_may_not_order_who_has_them() -> None:
    async with open_door() as door:
        assert (await door.post(CLAIM, ANA))[0] == 403
        assert not door.log.written


@pytest.mark.parametrize("path", ["/v1/assignments/ada/claim", f"/v1/assignments/{LEAD}/steal"])
async def test_what_is_no_lead_or_no_order_is_not_found(path: str) -> None:
    async with ordering() as door:
        status, told = await door.post(path, ANA)
        assert (status, told["code"]) == (404, "not_found")
        assert path.endswith("claim") or all(verb in told["detail"] for verb in ASSIGNMENT_KINDS)


async def test_what_became_of_it_is_told_to_the_system_that_ordered_it() -> None:
    async with ordering() as door:
        mine, theirs = uuid4(), uuid4()
        door.commanded.known = {
            mine: ("crm", refused(mine)), theirs: ("erp", applied(theirs)),
        }  # fmt: skip
        status, told = await door.get(f"/v1/assignments/commands/{mine}")
        assert (status, told["status"], told["reason"]) == (200, "refused", "owned_by_another")
        answers = [await door.get(f"/v1/assignments/commands/{each}") for each in (theirs, uuid4())]
        assert answers[0] == answers[1] and answers[0][1]["code"] == "not_known_yet"
        text, admin = made_key(source="ops", scopes=frozenset({"admin"}))
        door.keys.replace([admin])
        assert (await door.get(f"/v1/assignments/commands/{theirs}", headers={"Authorization": f"Bearer {text}"}))[
            0
        ] == 200


async def test_what_is_pending_says_when_to_ask_again_and_trouble_is_told() -> None:
    async with ordering() as door:
        command = uuid4()
        door.commanded.known[command] = ("crm", CommandStatus(id=command, status="pending"))
        headers = {"Authorization": f"Bearer {door.key}"}
        async with door.session.get(f"{door.url}/v1/assignments/commands/{command}", headers=headers) as response:
            assert (response.headers["Retry-After"], await response.json()) == (
                "1", {"id": str(command), "status": "pending"},
            )  # fmt: skip
        door.commanded.away = True
        assert (await door.get(f"/v1/assignments/commands/{command}"))[1]["code"] == "database_away"
