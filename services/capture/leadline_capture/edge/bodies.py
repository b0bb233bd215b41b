"""A JSON body of ours, read strictly and checked against its schema: all faults at once, before anything is stored."""

import json
from functools import cache
from typing import Any, Final, TypeVar

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from leadline_capture.core.documents import media_type, parameter
from leadline_capture.core.faults import Fault, faults
from leadline_capture.core.salvage import known_names
from leadline_capture.edge.auth import one_header
from leadline_capture.edge.door import Call
from leadline_capture.edge.limits import read_body
from leadline_capture.edge.problem import Problem
from leadline_runtime.core.json_reader import NotReadable, read_json
from leadline_schemas.payloads import ActivityPayload, ConsentLinkPayload, ConsentSubmission, LeadPayload

SUBMISSIONS: Final = "/v1/submissions/"
P = TypeVar("P", LeadPayload, ActivityPayload, ConsentSubmission, ConsentLinkPayload)
# Ordered with what is to be set and why; as a bare act it would change nothing, and its sender would not know.
ORDERED: Final = {
    "score.overridden": "score.override",
    "calendar.applied": "calendar.apply",
    "sla.paused": "sla.pause",
    "sla.resumed": "sla.resume",
}
# An act of nobody could never be resolved to a lead.
SUBJECTS = ("lead_id", "external_id", "email", "phone", "anonymous_id", "user_id")


_WRITER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


class Invalid(Exception):
    """A payload that does not fit its schema."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(found)} faults")
        self.faults = found

    def problem(self) -> Problem:
        """The answer that names every fault."""
        count = len(self.faults)
        told = "1 thing is wrong" if count == 1 else f"{count} things are wrong"
        return Problem(422, "invalid", f"{told} with the body; see errors", errors=self.faults)


async def json_body(call: Call, limit: int) -> tuple[bytes, Any]:
    """The raw body and its value. Raises Problem: 415 if it is not declared JSON, 400 if it is not readable."""
    declared = one_header(call.request, "Content-Type") or ""
    if media_type(declared) != "application/json":
        raise Problem(415, "unsupported_media_type", "send JSON, with Content-Type: application/json")
    if parameter(declared, "charset") not in (None, "utf-8", "utf8"):
        raise Problem(415, "unsupported_media_type", "send JSON in UTF-8")
    raw = await read_body(call.request, limit)
    try:
        return raw, read_json(raw, strict=True).value
    except NotReadable as fault:
        raise not_readable(fault) from None


def not_readable(fault: NotReadable) -> Problem:
    """The answer to a body that is not what it says it is."""
    return Problem(400, "not_readable", str(fault), errors=(Fault((), "", fault.code.replace("_", " ")),))


@cache
def _validator(model: type[P]) -> TypeAdapter[P]:
    return TypeAdapter(model)


def checked(model: type[P], value: Any) -> P:
    """`value` as a payload; a field nobody knows is a fault here, since its sender can be told. Raises Invalid."""
    try:
        payload: P = _validator(model).validate_python(value, extra="forbid")
    except ValidationError as error:
        raise Invalid(faults(error, known_names())) from None
    if not isinstance(payload, LeadPayload) and not any(getattr(payload, n) for n in SUBJECTS):
        what = "act" if isinstance(payload, ActivityPayload) else "consent"
        raise Invalid((Fault((), "", f"says of nobody whose {what} it is: give one of {', '.join(SUBJECTS)}"),))
    if isinstance(payload, ActivityPayload) and payload.kind in ORDERED:
        problem = f"is ordered by POST /v1/commands with kind {ORDERED[payload.kind]}"
        raise Invalid((Fault(("kind",), "kind", problem),))
    return payload


def item_body(value: Any) -> bytes:
    """One item of a list as a body of its own."""
    return _WRITER.encode(value).encode()


def accepted(submission_id: object) -> dict[str, str]:
    """What a sender is told of a submission that is stored."""
    return {"submission_id": str(submission_id), "status": "accepted"}


def accepted_answer(submission_id: object, **more: str | list[str]) -> web.Response:
    """202, and where to ask what became of it."""
    where = {"Location": f"{SUBMISSIONS}{submission_id}"}
    return web.json_response({**accepted(submission_id), **more}, status=202, headers=where)
