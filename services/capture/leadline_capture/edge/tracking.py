"""The tracking API (Segment's HTTP API): POST /v1/identify, track, page, screen, group, alias, batch, import.

A message is authenticated, found to be one, and stored as it came, each as a record of its own; the mapping of
rules/sources/tracking.yaml says what becomes of it. Answers are those its official clients expect: 200, 400 for what
can never be taken in, 5xx for what they shall send again.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from leadline_capture.core.documents import media_type, parameter
from leadline_capture.core.faults import Fault
from leadline_capture.core.sources import Source
from leadline_capture.core.tracking import (
    MOST_BATCH_BYTES,
    MOST_BYTES,
    MOST_MESSAGES,
    Sent,
    fault,
    message,
    order_key,
    own_id,
    sent,
)
from leadline_capture.edge.auth import allowed, one_header
from leadline_capture.edge.bodies import item_body, not_readable
from leadline_capture.edge.door import Call, not_durable, take_in_all
from leadline_capture.edge.keys import Key
from leadline_capture.edge.limits import read_body
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.submission import received, submission_id, trace_of
from leadline_runtime.core.json_reader import NotReadable, read_json
from leadline_runtime.core.values import dataclass
from leadline_schemas.received import Authentication, LeadReceived

SOURCE: Final = "tracking"
_TYPES: Final = ("application/json", "text/plain")  # a browser's script sends text/plain to need no preflight


@dataclass(frozen=True)
class _Sender:
    """Who sends, how it proved that, and the mapping in force."""

    call: Call
    key: Key
    method: str
    source: Source
    around: Sent
    historical: bool = False


async def post_message(call: Call) -> web.Response:
    """One message; its type stands in the path. Raises Problem."""
    body = await _body(call, MOST_BYTES)
    sender = _sender(call, body)
    kind = call.request.path.rpartition("/")[2]
    return await _stored(sender, [message(body, kind, sender.around)], ("",))


async def post_batch(call: Call) -> web.Response:
    """Several messages, each with its type. One that cannot be taken in does not hold up the others. Raises Problem."""
    return await _post_batch(call, historical=False)


async def post_import(call: Call) -> web.Response:
    """A batch of history: it starts no clock and nobody is told of it (rules B1.12). Raises Problem."""
    return await _post_batch(call, historical=True)


async def _post_batch(call: Call, *, historical: bool) -> web.Response:
    body = await _body(call, MOST_BATCH_BYTES)
    sender = _sender(call, body, historical)
    messages = body.get("batch")
    if not isinstance(messages, list) or not messages or len(messages) > MOST_MESSAGES:
        raise Problem(400, "invalid", f'send {{"batch": [...]}} with 1 to {MOST_MESSAGES} messages')
    made = [message(each, None, sender.around) if isinstance(each, dict) else each for each in messages]
    return await _stored(sender, made, [f"batch[{n}]" for n in range(len(made))])


async def _stored(sender: _Sender, messages: Sequence[Any], paths: Sequence[str]) -> web.Response:
    """200 if all are stored. Raises Problem: 503 if some are not, for they shall come again, else 400 if some cannot
    be taken in; the others are stored all the same."""
    call = sender.call
    bodies = [_checked(each) for each in messages]
    good = [(each, body) for each, body in zip(messages, bodies, strict=True) if isinstance(body, bytes)]
    owner = f"{sender.key.source}/{SOURCE}"
    made = [_received(sender, owner, each, body) for each, body in good]
    traced = [(each, trace_of(call.request, each.submission_id)) for each in made]
    durable = await take_in_all(call, traced, [order_key(owner, each) for each, _ in good]) if good else []
    if not all(durable):
        raise not_durable()
    faults = [
        Fault(found.place, ".".join(filter(None, (path, found.path))), found.problem)
        for path, found in zip(paths, bodies, strict=True)
        if isinstance(found, Fault)
    ]
    if not faults:
        return web.json_response({"success": True})
    for _ in faults[1:]:
        call.refuse("invalid")
    kept = f"; the other {len(good)} are stored, do not send them again" if good else ""
    raise Problem(400, "invalid", f"{len(faults)} of {len(messages)} messages cannot be taken in{kept}", errors=faults)


def _checked(value: Any) -> bytes | Fault:
    found = fault(value)
    if found is not None:
        return found
    try:
        body = item_body(value)
    except UnicodeEncodeError:  # half a surrogate pair: kept as it was escaped, the mapping takes it out
        body = json.dumps(value, separators=(",", ":")).encode()
    return body if len(body) <= MOST_BYTES else Fault((), "", f"is larger than {MOST_BYTES} bytes")


def _received(sender: _Sender, owner: str, value: Mapping[str, Any], body: bytes) -> LeadReceived:
    return received(
        sender.call,
        submission_id(None, owner, own_id(value)),
        body,
        way="tracking",
        source=SOURCE,
        sent_at=sender.around.at,
        authentication=Authentication.model_validate(
            {"method": sender.method, "key_id": sender.key.id, "trusted": sender.source.trusted and sender.key.trusted}
        ),
        content_type="application/json",
        historical=sender.historical,
    )


async def _body(call: Call, limit: int) -> dict[str, Any]:
    declared = one_header(call.request, "Content-Type")
    if declared is not None and (
        media_type(declared) not in _TYPES or parameter(declared, "charset") not in (None, "utf-8", "utf8")
    ):
        raise Problem(415, "unsupported_media_type", "send JSON in UTF-8, with Content-Type: application/json")
    try:
        raw = await read_body(call.request, limit)
    except Problem as problem:
        if problem.status != 413:
            raise
        # What the vendor answers, and its clients take for final.
        raise Problem(400, "too_large", problem.detail) from None
    try:
        value = read_json(raw, strict=False).value
    except NotReadable as trouble:
        raise not_readable(trouble) from None
    if not isinstance(value, dict):
        raise Problem(400, "invalid", "the body is JSON, but not one object")
    return value


def _sender(call: Call, body: Mapping[str, Any], historical: bool = False) -> _Sender:
    text, method = _write_key(call, body)
    key = allowed(call, text, "leads:write")
    source = call.door.sources().sources.get(SOURCE)
    if source is None:
        raise Problem(404, "unknown_source", "rules/sources/tracking.yaml was taken away: messages have no mapping")
    call.source = SOURCE
    return _Sender(call, key, method, source, sent(body), historical)


def _write_key(call: Call, body: Mapping[str, Any]) -> tuple[str, str]:
    """The write key, which is a key of ours, and how it came: Basic with an empty password, Bearer, or in the body."""
    header = one_header(call.request, "Authorization")
    if header is None:
        return str(body.get("writeKey") or ""), "token"
    kind, _, given = header.partition(" ")
    if kind.lower() != "basic":
        return (given.strip() if kind.lower() == "bearer" else ""), "api_key"
    try:
        name = base64.b64decode(given.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, ValueError):
        name = ""
    return name, "basic"
