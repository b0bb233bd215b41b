"""What a source sent, stored: one record for each lead and act in its body, all acknowledged before the answer."""

import asyncio
from typing import Final
from uuid import UUID

from leadline_capture.core.items import MAX_ITEMS, holds_too_many
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.repeats import fingerprint, repeat_id
from leadline_capture.core.splitting import Part, found_in, parts_of
from leadline_capture.core.stamps import is_stamped
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.limits import too_large
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.source_auth import secrets_of
from leadline_capture.edge.source_request import SourceRequest
from leadline_capture.edge.submission import received, submission_id, trace_of
from leadline_runtime.core.values import dataclass
from leadline_schemas.ids import derived_id, submission_id_of_key
from leadline_schemas.received import Authentication

_AT_ONCE: Final = 100
_LARGE: Final = 32_768  # bytes; parting a larger body takes longer than other senders should wait


@dataclass(frozen=True, slots=True)
class Proved:
    """A request whose sender is known: what it asks, its body, and how it proved itself."""

    asked: SourceRequest
    raw: bytes
    around: Surroundings
    authentication: Authentication


async def stored(call: Call, proved: Proved) -> list[UUID]:
    """The ids of the submissions in a body, when Kafka has them all. Raises Problem: if one could not be stored, the
    whole is to be sent again; what was stored of it is known by its id then, if its source gives one."""
    source = proved.asked.source
    parts = await _parts(proved)
    whole = _whole_id(call, proved)
    several = len(parts) > 1
    named = [(_named(source.name, part) or (derived_id("item", whole, n) if several else whole), part)
             for n, part in enumerate(parts)]  # fmt: skip
    for begin in range(0, len(named), _AT_ONCE):
        await asyncio.gather(*[_store(call, proved, each, part) for each, part in named[begin : begin + _AT_ONCE]])
    return [each for each, _ in named]


def _whole_id(call: Call, proved: Proved) -> UUID:
    source = proved.asked.source
    headers = {name.lower(): value for name, value in call.request.headers.items()}
    named = own_id(source, proved.around, headers)
    if source.repeats_within is None:
        return submission_id(None, source.name, named)
    content = fingerprint(proved.raw, proved.asked.content_type)
    return repeat_id(source.name, content, named, call.door.clock(), source.repeats_within)


def _is_signed(call: Call, proved: Proved) -> bool | None:
    """None as well while the door knows no secret: that must cost no lead, and is noted on it."""
    stamp = proved.asked.source.stamp
    secrets = secrets_of(call, stamp.secret) if stamp else ()
    return is_stamped(stamp, proved.around.body, secrets) if stamp and secrets else None


async def _parts(proved: Proved) -> list[Part]:
    source, around = proved.asked.source, proved.around
    if holds_too_many(source, around):
        raise Problem(413, "too_large", f"the body holds more than {MAX_ITEMS} items; send several requests")
    found = found_in(source, around)
    if len(proved.raw) > _LARGE:
        return await asyncio.to_thread(parts_of, source, around, found)
    return parts_of(source, around, found)


def _named(source: str, part: Part) -> UUID | None:
    return submission_id_of_key(source, part.own_id) if part.own_id is not None else None


async def _store(call: Call, proved: Proved, submission: UUID, part: Part) -> None:
    asked, limit = proved.asked, call.door.settings.edge_source_bytes
    body = proved.raw if part.body is None else part.body
    if len(body) > limit:
        raise too_large(limit)
    made = received(
        call,
        submission,
        body,
        way="source",
        source=asked.source.name,
        authentication=proved.authentication,
        content_type=asked.content_type if part.body is None else "application/json",
        item=part.item,
        query=asked.seen,
        form_signed=_is_signed(call, proved),
    )
    await take_in(call, made, trace_of(call.request, submission))
