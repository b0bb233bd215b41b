"""/v1/members: changes of the roster are written under one key, in their order, and told what became of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_capture.edge.outcomes import CommandStatus
from leadline_schemas.roster import Absence, MemberSettings
from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON

LEAVE = {"author": "mia", "from": "2026-04-06", "back": "2026-04-13", "reason": "leave"}


@asynccontextmanager
async def ordering() -> AsyncIterator[Visitor]:
    text, key = made_key(scopes=frozenset({"roster:write"}), source="hr")
    async with open_door(extra_keys=[key]) as door:
        door.key = text
        yield door


async def asked(door: Visitor, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    given = {"Authorization": f"Bearer {door.key}", **headers}
    async with door.session.request(method, f"{door.url}{path}", json=body, headers=given) as response:
        return response.status, await response.json(content_type=None)


async def test_an_absence_is_declared_and_taken_back() -> None:
    async with ordering() as door:
        status, told = await asked(door, "POST", "/v1/members/ana/absences", LEAVE)
        assert status == 202
        path = f"/v1/members/ana/absences/{told['submission_id']}?author=mia"
        assert (await asked(door, "DELETE", path))[0] == 202
        declared, ended = door.roster.changes
        assert (declared.kind, declared.member, declared.author, declared.source) == (
            "absence.declared", "ana", "mia", "hr",
        )  # fmt: skip
        assert declared.absence == Absence(away=date(2026, 4, 6), back=date(2026, 4, 13), reason="leave")
        assert (ended.kind, ended.absence_id) == ("absence.ended", declared.submission_id)
        assert declared.submission_id == UUID(told["submission_id"]) in door.memory.kept
        assert not door.log.written, "nothing of it is a submission of a lead"


async def test_a_member_is_set() -> None:
    async with ordering() as door:
        body = {"author": "mia", "active": False, "hours": {"mon-thu": ["09:00-15:00"]}, "weights": {"us_east": 0}}
        assert (await asked(door, "PATCH", "/v1/members/ana", body))[0] == 202
        (change,) = door.roster.changes
        assert change.settings == MemberSettings(
            active=False, hours={"mon-thu": ("09:00-15:00",)}, weights={"us_east": 0}
        )


async def test_midnight_is_an_instant_and_a_day_is_a_day() -> None:
    """Somewhere else midnight is another day's evening."""
    async with ordering() as door:
        body = {**LEAVE, "from": "2026-04-06T00:00:00-04:00"}
        assert (await asked(door, "POST", "/v1/members/ana/absences", body))[0] == 202
        (change,) = door.roster.changes
        assert change.absence is not None
        assert change.absence.away == datetime(2026, 4, 6, 4, tzinfo=UTC)
        assert type(change.absence.back) is date


@pytest.mark.parametrize(
    ("method", "path", "body", "faults"),
    [
        ("POST", "ana/absences", {**LEAVE, "from": 86400}, {"from"}),
        ("POST", "ana/absences", {**LEAVE, "from": "86400"}, {"from"}),
        ("POST", "ana/absences", {**LEAVE, "back": "2026-04-13T00:00:00"}, {"back"}),
        ("PATCH", "ana", {"author": "mia", "caps": {}, "weights": {}}, {"(the whole body)"}),
        ("DELETE", f"ana/absences/{UUID(int=1)}?author=%00", None, {"author"}),
        ("POST", "ana/absences", {}, {"author", "from", "back", "reason"}),
        ("POST", "ana/absences", {**LEAVE, "reason": "Ann is ill"}, {"reason"}),
        ("POST", "ana/absences", {**LEAVE, "from": "soon"}, {"from"}),
        ("PATCH", "ana", {"author": "mia"}, {"(the whole body)"}),
        ("PATCH", "ana", {"author": "mia", "weights": {"us_east": 11}, "caps": {"day": 0}},
         {"weights.us_east", "caps.day"}),
        ("PATCH", "ana", {"author": "mia", "mood": 1, "active": True}, {"mood"}),
        ("DELETE", f"ana/absences/{UUID(int=1)}", None, {"author"}),
    ],
)  # fmt: skip
async def test_every_fault_is_named_and_nothing_is_stored(method: str, path: str, body: Any, faults: set[str]) -> None:
    async with ordering() as door:
        status, told = await asked(door, method, f"/v1/members/{path}", body)
        assert status == 422 and {each["path"] for each in told["errors"]} == faults, told
        assert not door.roster.changes


async def test_who_waits_is_told_what_became_of_it() -> None:
    async with ordering() as door:

        def refused(change: UUID) -> CommandStatus:
            return CommandStatus(
                id=change, status="refused", reason="invalid_roster", detail="members.ana.hours: ...", decided_at=NOON
            )

        door.commanded.becomes = refused
        status, told = await asked(door, "PATCH", "/v1/members/ana", {"author": "mia", "active": True}, Prefer="wait=2")
        assert (status, told["code"], told["reason"]) == (409, "not_applied", "invalid_roster")
        assert door.commanded.waited == [2]


async def test_what_became_of_a_change_is_told_to_the_system_that_ordered_it() -> None:
    async with ordering() as door:
        mine, theirs = uuid4(), uuid4()
        for change, source in ((mine, "hr"), (theirs, "crm")):
            door.commanded.known[change] = (source, CommandStatus(id=change, status="applied", roster=4))
        status, told = await door.get(f"/v1/members/changes/{mine}")
        assert (status, told["status"], told["roster"]) == (200, "applied", 4)
        assert (await door.get(f"/v1/members/changes/{theirs}"))[1]["code"] == "not_known_yet"


async def test_without_kafka_nothing_is_promised_and_other_keys_may_not() -> None:
    async with ordering() as door:
        door.roster.away = True
        assert (await asked(door, "POST", "/v1/members/ana/absences", LEAVE))[1]["code"] == "not_durable"
    async with open_door() as door:
        assert (await door.post("/v1/members/ana/absences", LEAVE))[0] == 403


@pytest.mark.parametrize("path", ["ana/moods", "ana/absences/1/2", "a na/absences"])
async def test_what_there_is_not_is_not_found(path: str) -> None:
    async with ordering() as door:
        assert (await asked(door, "POST", f"/v1/members/{path}", LEAVE))[0] in (404, 405)
