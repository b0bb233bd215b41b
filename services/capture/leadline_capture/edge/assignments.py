"""POST /v1/assignments/{lead_id}/{verb}: claim, accept, decline, reassign, release; decided by route, in the log.

202 says that it will be decided. Who sends `Prefer: wait=5` (RFC 7240) is told the outcome itself: 200, or 409 with who
has the lead and why.
"""

import re
from hashlib import sha256
from typing import Final, cast
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from leadline_capture.core.assigning import assignment_faults
from leadline_capture.core.faults import faults, field_names
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, accepted, item_body, json_body
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.submission import named_by_key, received, remembered, submission_id, trace_of
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.commands import ASSIGNMENT_KINDS, AssignmentPayload, AssignmentVerb
from leadline_schemas.received import Authentication

PREFIX: Final = "/v1/assignments/"
STATUS: Final = f"{PREFIX}commands/"
NAMES: Final = field_names(AssignmentPayload)
# Of what the whole request may take: the rest is for its body and its answer.
_SHARE: Final = 0.8
_PAYLOAD: Final = TypeAdapter(AssignmentPayload)
_WAIT: Final = re.compile(r'\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(;.*)?', re.ASCII | re.IGNORECASE)


async def post_assignment(call: Call) -> web.Response:
    """202 once Kafka has it; 200 or 409 if its sender waits and it is decided in time. Raises Problem."""
    lead_id, verb = _address(call.request.path)
    key = authorized(call, "assignments:write")
    _, value = await json_body(call, call.door.settings.edge_lead_bytes)
    try:
        payload = checked(verb, value)
    except Invalid as invalid:
        raise invalid.problem() from None
    body = item_body({**cast(dict[str, object], value), "lead_id": str(lead_id), "verb": verb})
    named = await named_by_key(call, key, body)
    command = submission_id(named, f"{key.source}/assignments", payload.id)
    if named is None:
        await remembered(call, command, sha256(body).digest())
    trusted = Authentication(method="api_key", key_id=key.id, trusted=key.trusted)
    sent = received(call, command, body, way="assignments", source=key.source, authentication=trusted)
    await take_in(call, sent, trace_of(call.request, command))
    return await answered(call, command, STATUS)


def checked(verb: AssignmentVerb, value: object) -> AssignmentPayload:
    """`value` as a command of this verb. Raises Invalid naming every fault."""
    try:
        payload = _PAYLOAD.validate_python(value, extra="forbid")
    except ValidationError as error:
        raise Invalid(faults(error, NAMES)) from None
    if found := assignment_faults(verb, payload):
        raise Invalid(found)
    return payload


async def answered(call: Call, command: UUID, status_at: str) -> web.Response:
    """202 and where to ask, or what became of it, for who waits. Raises Problem 409 if it was refused."""
    settings, asked = call.door.settings, wait_of(call.request)
    where = {"Location": f"{status_at}{command}"}
    if asked is None:
        return web.json_response(accepted(command), status=202, headers=where)
    wait = min(asked, settings.edge_wait_s, settings.edge_deadline_s * _SHARE)
    headers = {**where, "Preference-Applied": f"wait={wait:g}"}
    status = await call.door.commands.wait(command, wait)
    if status is None:
        return web.json_response(accepted(command), status=202, headers=headers)
    if status.status == "refused":
        problem = Problem(409, "not_applied", str(status.detail), headers=headers)
        problem.more = _members(status)
        raise problem
    return web.Response(text=_json(status), content_type="application/json", headers=headers)


def wait_of(request: web.BaseRequest) -> int | None:
    """The seconds in `Prefer: wait=…`; None without it. What is no preference of this form is not meant for us."""
    for header in request.headers.getall("Prefer", ()):
        for each in header.split(","):
            if found := _WAIT.fullmatch(each):
                return int(found[1])
    return None


async def get_command(call: Call) -> web.Response:
    """200 with what became of a command. Raises Problem: 404 if nothing is known of it, or it is not the key's own."""
    key = authorized(call, "assignments:write", "leads:read")
    command = id_in(call.request.path.removeprefix(STATUS), "a command")
    try:
        found = await call.door.commands.find(command, None if key.may("admin") else key.source, call.door.clock())
    except DatabaseTrouble:
        raise unavailable("database_away", "what became of it is not known now; ask again") from None
    return told_status(found, "a command")


def told_status(found: CommandStatus | None, what: str) -> web.Response:
    """200 with what became of it, and when to ask again. Raises Problem 404 if nothing is known."""
    if found is None:
        raise Problem(404, "not_known_yet", f"nothing is known of {what} of yours with this id in the last 7 days")
    headers = {"Retry-After": "1"} if found.status == "pending" else {}
    return web.Response(text=_json(found), content_type="application/json", headers=headers)


def _json(status: CommandStatus) -> str:
    return status.model_dump_json(exclude_none=True)


def _members(status: CommandStatus) -> dict[str, object]:
    told: dict[str, object] = status.model_dump(mode="json", exclude_none=True, exclude={"status", "detail"})
    return told


def _address(path: str) -> tuple[UUID, AssignmentVerb]:
    lead, _, verb = path.removeprefix(PREFIX).partition("/")
    if verb not in ASSIGNMENT_KINDS:
        raise Problem(404, "not_found", f"an assignment can be ordered to {', '.join(ASSIGNMENT_KINDS)}")
    return id_in(lead, "a lead"), cast(AssignmentVerb, verb)


def id_in(text: str, what: str) -> UUID:
    """An id in an address. Raises Problem 404."""
    try:
        return UUID(text)
    except ValueError:
        raise Problem(404, "not_found", f"this is no id of {what}: they are UUIDs") from None
