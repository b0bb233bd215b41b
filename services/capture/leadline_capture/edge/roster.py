"""/v1/members: absences, and what stands of a member in place of team.yaml. Written to `roster.received`, under one key
so that changes stay in their order; decided by route like all else. 202, or with `Prefer: wait` the outcome itself.
"""

import json
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import UUID

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from leadline_capture.core.assigning import word_fault
from leadline_capture.core.faults import Fault, faults, field_names
from leadline_capture.edge.assignments import answered, id_in, told_status
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, json_body
from leadline_capture.edge.door import WRITER, Call, not_durable
from leadline_capture.edge.keys import Key
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.submission import named_by_key, remembered, submission_id, trace_of
from leadline_runtime.envelope import headers
from leadline_runtime.single_records import NotDurable, Single
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.codec import encode
from leadline_schemas.commands import Author
from leadline_schemas.roster import ROSTER_KEY, AbsencePayload, MemberPayload, Name, RosterChange
from leadline_schemas.topics import ROSTER_RECEIVED

PREFIX: Final = "/v1/members/"
STATUS: Final = f"{PREFIX}changes/"
P = TypeVar("P", AbsencePayload, MemberPayload)
_NAMES: Final = field_names(AbsencePayload, MemberPayload) | {"away"}
_MEMBER: Final[TypeAdapter[str]] = TypeAdapter(Name)
_AUTHOR: Final[TypeAdapter[str]] = TypeAdapter(Author)


async def post_absence(call: Call) -> web.Response:
    """Declare an absence. Raises Problem."""
    member, rest = _path(call)
    if rest != ["absences"]:
        raise Problem(404, "not_found", "a member has absences")
    key = authorized(call, "roster:write")
    payload = await _payload(call, AbsencePayload)
    told = {
        "kind": "absence.declared",
        "author": payload.author,
        "absence": payload.model_dump(exclude={"id", "author"}),
    }
    return await _ordered(call, key, member, payload.id, told)


async def delete_absence(call: Call) -> web.Response:
    """End an absence that was declared here, by the id of that change; `?author=` says who. Raises Problem."""
    member, rest = _path(call)
    if len(rest) != 2 or rest[0] != "absences":
        raise Problem(404, "not_found", "a member has absences")
    key = authorized(call, "roster:write")
    try:
        author = _AUTHOR.validate_python(call.request.query.get("author", ""))
    except ValidationError:
        raise Invalid((Fault(("author",), "author", "is required in the address: ?author=mia"),)).problem() from None
    told = {"kind": "absence.ended", "author": author, "absence_id": str(id_in(rest[1], "a change"))}
    return await _ordered(call, key, member, None, told)


async def patch_member(call: Call) -> web.Response:
    """Set active, hours, caps or weights of a member, or let team.yaml count again. Raises Problem."""
    member, _ = _path(call)
    key = authorized(call, "roster:write")
    payload = await _payload(call, MemberPayload)
    if not changes_something(payload):
        raise Invalid((Fault((), "", "changes nothing: give active, hours, caps, weights or clear"),)).problem()
    told = {"kind": "member.set", "author": payload.author, "settings": payload.model_dump(exclude={"id", "author"})}
    return await _ordered(call, key, member, payload.id, told)


def changes_something(payload: MemberPayload) -> bool:
    """Is there anything to be set or cleared? No hours at all are hours; no caps and no weights are nothing."""
    caps = payload.caps is not None and payload.caps.model_dump(exclude_none=True)
    return bool(payload.clear or payload.active is not None or payload.hours is not None or caps or payload.weights)


async def get_change(call: Call) -> web.Response:
    """200 with what became of a change. Raises Problem: 404 if nothing is known of it, or it is not the key's own."""
    key = authorized(call, "roster:write")
    change = id_in(call.request.path.removeprefix(STATUS), "a change")
    try:
        found = await call.door.commands.find_change(change, None if key.may("admin") else key.source)
    except DatabaseTrouble:
        raise unavailable("database_away", "what became of it is not known now; ask again") from None
    return told_status(found, "a change")


async def _payload(call: Call, model: type[P]) -> P:
    _, value = await json_body(call, call.door.settings.edge_lead_bytes)
    try:
        payload = model.model_validate(value, extra="forbid", by_alias=True, by_name=False)
    except ValidationError as error:
        once = dict.fromkeys(map(_as_one, faults(error, _NAMES)))
        raise Invalid(tuple(once)).problem() from None
    if isinstance(payload, AbsencePayload) and (found := word_fault(payload.reason)):
        raise Invalid((found,)).problem()
    return payload


def _as_one(fault: Fault) -> Fault:
    """What is neither a day nor an instant is one fault, not one of each."""
    name, *kinds = fault.place
    if not kinds or name not in ("from", "back"):
        return fault
    return Fault((name,), str(name), "must be a day such as 2026-04-06, or a time with its offset")


async def _ordered(call: Call, key: Key, member: str, own_id: str | None, told: dict[str, Any]) -> web.Response:
    said = RosterChange.model_validate({**told, "member": member, "submission_id": UUID(int=0), "source": key.source,
                                        "key_id": key.id, "received_at": call.door.clock()})  # fmt: skip
    digest = json.dumps(said.told, sort_keys=True).encode()
    named = await named_by_key(call, key, digest)
    change_id = submission_id(named, f"{key.source}/roster", own_id)
    if named is None:
        await remembered(call, change_id, sha256(digest).digest())
    change = said.model_copy(update={"submission_id": change_id})
    told_headers = headers(
        WRITER, ROSTER_RECEIVED.event_type, change_id, change.received_at, trace_of(call.request, change_id)
    )
    try:
        record = Single(ROSTER_KEY, encode(ROSTER_RECEIVED, change), told_headers)
        await call.door.roster.write(record, may_repeat=True)
    except NotDurable:
        raise not_durable() from None
    return await answered(call, change_id, STATUS)


def _path(call: Call) -> tuple[str, list[str]]:
    member, *rest = call.request.path.removeprefix(PREFIX).split("/")
    try:
        return _MEMBER.validate_python(member), rest
    except ValidationError:
        raise Problem(404, "not_found", "this is no id of a member") from None
