"""/v1/sources/{source}: a webhook or form, authenticated, found readable, and stored untouched."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from aiohttp import web

from leadline_capture.core.documents import without_fields
from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded
from leadline_capture.core.redirects import redirect_of
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.edge.bodies import accepted_answer, not_readable
from leadline_capture.edge.door import Call
from leadline_capture.edge.handshaking import handshake_of, shake_hands
from leadline_capture.edge.limits import read_body
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.source_auth import authenticated, check_address
from leadline_capture.edge.source_request import SourceRequest, source_request
from leadline_capture.edge.storing import Proved, stored
from leadline_runtime.core.json_reader import NotReadable
from leadline_schemas.received import Authentication

Proof = Callable[[bytes, Surroundings], Authentication]  # from body and document; raises Problem


async def post_source(call: Call) -> web.Response:
    """202 once Kafka has it (303 where a form names a page to go to), 200 to a handshake. All judgement is the step's.
    Raises Problem."""
    asked = source_request(call)
    check_address(call, asked.source)
    if "POST" not in asked.source.methods:
        raise _not_allowed("GET")
    raw, around = await _read(call, asked)
    authentication = authenticated(call, asked, raw, around)
    handshake = handshake_of(asked, around)
    if handshake is not None:
        return shake_hands(call, asked, handshake, around)
    submissions = await stored(call, Proved(asked, raw, around, authentication))
    page = redirect_of(asked.source.redirect, around.body)
    if page is not None:  # a browser that posted a form
        return web.Response(status=303, headers={"Location": page})
    return _told(asked, submissions)


async def get_source(call: Call) -> web.Response:
    """200 to a handshake, or 202 for a submission of a source that sends its fields in the query. Raises Problem."""
    asked = source_request(call)
    check_address(call, asked.source)
    bare = Surroundings({}, asked.seen)
    handshake = handshake_of(asked, bare)
    if handshake is not None:
        return shake_hands(call, asked, handshake, bare)
    if "GET" not in asked.source.methods:
        raise _not_allowed("POST")
    raw = without_fields(_query(call), asked.source.hidden)
    around = _around(asked, raw)
    authentication = authenticated(call, asked, b"", around)
    return _told(asked, await stored(call, Proved(asked, raw, around, authentication)))


async def submitted(call: Call, asked: SourceRequest, proof: Proof) -> tuple[UUID, Any]:
    """Take in what a source sends: its submission id, and its body as a document. Raises Problem."""
    raw, around = await _read(call, asked)
    (submission, *_) = await stored(call, Proved(asked, raw, around, proof(raw, around)))
    return submission, around.body


async def _read(call: Call, asked: SourceRequest) -> tuple[bytes, Surroundings]:
    settings = call.door.settings
    public = any(proof.kind in ("none", "publishable_key") for proof in asked.source.proofs)
    raw = await read_body(call.request, settings.edge_lead_bytes if public else settings.edge_batch_bytes)
    return raw, _around(asked, raw)


def _query(call: Call) -> bytes:
    """The query string as it was written. It is no longer than the longest line that the server takes."""
    return call.request.raw_path.partition("?")[2].partition("#")[0].encode("utf-8", "surrogateescape")


def _told(asked: SourceRequest, submissions: Sequence[UUID]) -> web.Response:
    first, *more = submissions
    response = accepted_answer(first, **({"submissions": list(map(str, submissions))} if more else {}))
    response.set_status(asked.source.answer)
    return response


def _around(asked: SourceRequest, raw: bytes) -> Surroundings:
    try:
        return surroundings(decoded(asked.source, raw, asked.content_type, asked.seen), asked.seen)
    except NotReadable as fault:
        raise not_readable(fault) from None


def _not_allowed(other: str) -> Problem:
    return Problem(405, "method_not_allowed", f"use {other}", headers={"Allow": other})
