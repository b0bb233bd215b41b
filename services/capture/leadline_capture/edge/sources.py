"""POST /v1/sources/{source}: a webhook or form, authenticated, found readable, and stored untouched."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from aiohttp import web

from leadline_capture.core.documents import media_type
from leadline_capture.core.items import surroundings
from leadline_capture.core.json_reader import NotReadable
from leadline_capture.core.mapping import decoded
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.redirects import redirect_of
from leadline_capture.core.sources import Source, Surroundings
from leadline_capture.edge.auth import authenticated, one_header
from leadline_capture.edge.bodies import accepted_answer, not_readable
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.limits import read_body
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.submission import received, submission_id, trace_of
from leadline_schemas.received import Authentication

PREFIX = "/v1/sources/"
Proof = Callable[[bytes, Surroundings], Authentication]  # from body and document; raises Problem


async def post_source(call: Call) -> web.Response:
    """202 once Kafka has it (303 where a form names a page to go to). All judgement is the step's. Raises Problem."""
    source = _source(call)
    submission, body = await submitted(call, source, lambda raw, around: authenticated(call, source, raw, around))
    page = redirect_of(source.redirect, body)
    if page is not None:  # a browser that posted a form
        return web.Response(status=303, headers={"Location": page})
    return accepted_answer(submission)


async def submitted(call: Call, source: Source, proof: Proof) -> tuple[UUID, Any]:
    """Take in what a source sends: its submission id, and its body as a document. Raises Problem."""
    content_type = _content_type(call, source)
    raw = await read_body(call.request, call.door.settings.edge_lead_bytes)
    given = call.request.query
    query = {name: given[name] for name in given}  # of a repeated name the first
    try:
        document = decoded(source, raw, content_type)
    except NotReadable as fault:
        raise not_readable(fault) from None
    around = surroundings(document, query)
    authentication = proof(raw, around)
    submission = submission_id(None, source.name, own_id(source, around))
    made = received(
        call,
        submission,
        raw,
        way="source",
        source=source.name,
        authentication=authentication,
        content_type=content_type,
        query=query,
    )
    await take_in(call, made, trace_of(call.request, submission))
    return submission, around.body


def _source(call: Call) -> Source:
    name = call.request.path.removeprefix(PREFIX)
    source = call.door.sources().sources.get(name)
    if source is None:
        raise Problem(404, "unknown_source", "there is no such source; rules/sources.yaml declares them")
    call.source = name
    return source


def _content_type(call: Call, source: Source) -> str:
    """The declared type; without one the source's first. Raises Problem 415 for one that it does not send."""
    declared = one_header(call.request, "Content-Type")
    kinds = tuple(source.decoders)
    if declared is None:
        return kinds[0]
    if media_type(declared) not in kinds:
        raise Problem(415, "unsupported_media_type", f"{source.name} sends {' or '.join(kinds)}")
    return declared
