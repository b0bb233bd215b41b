"""A submission as it goes into the log: untouched, with its id, its time and how its sender was authenticated."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final
from uuid import UUID, uuid4

from aiohttp import web

from leadline_capture.core.bodies import held_body
from leadline_capture.edge.auth import one_header
from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import CANARY, Key
from leadline_capture.edge.problem import Problem, unavailable
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.event import Model
from leadline_schemas.ids import submission_id_of_key
from leadline_schemas.payloads import ActivityPayload, ConsentSubmission, LeadPayload
from leadline_schemas.received import Authentication, LeadReceived

_TRACE: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?", re.ASCII)
_WAYS: Final[Mapping[type[Model], str]] = {ActivityPayload: "activities", ConsentSubmission: "consents"}
_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)


async def named_by_key(call: Call, key: Key, raw: bytes) -> UUID | None:
    """The submission id that the request's Idempotency-Key gives; None without one.

    Raises Problem: 400 for a malformed key, 409 if it came before with another body, 503 while that is not known.
    """
    text = one_header(call.request, "Idempotency-Key")
    if text is None:
        return None
    if not _KEY.fullmatch(text):
        raise Problem(400, "bad_key", "Idempotency-Key must be 1 to 255 visible ASCII characters")
    submission = submission_id_of_key(key.id, text)
    await remembered(call, submission, hashlib.sha256(raw).digest())
    return submission


async def remembered(call: Call, submission: UUID, body_sha256: bytes) -> None:
    """Remember which body came under this id, before it is published. Raises Problem: 409, 503."""
    try:
        known = await call.door.idempotency.is_first_or_same(submission, body_sha256)
    except DatabaseTrouble:
        raise unavailable("database_away", "whether this key was used before is not known now; send again") from None
    if not known:
        raise Problem(409, "key_reused", "this Idempotency-Key came before with another body; use a new key")


def owner_of(payload: type[LeadPayload] | type[ActivityPayload] | type[ConsentSubmission], key: Key) -> str:
    """Whose ids a payload's own id belongs to: a system numbers its leads, its acts and its consents apart."""
    return key.source if payload is LeadPayload else f"{key.source}/{_way(payload)}"


def _way(payload: type[Model]) -> str:
    return _WAYS.get(payload, "leads")


def submission_id(named: UUID | None, owner: str, own_id: str | None) -> UUID:
    """By the sender's key, else by its own id of the submission, else a new one (loop, section 1)."""
    if named is not None:
        return named
    return submission_id_of_key(owner, own_id) if own_id is not None else uuid4()


def own_payload(
    call: Call, key: Key, submission: UUID, raw: bytes, payload: LeadPayload | ActivityPayload | ConsentSubmission
) -> LeadReceived:
    """A lead, an activity or a consent in our own form, held by an API key. `payload`: what `raw` says."""
    return received(
        call,
        submission,
        raw,
        way=_way(type(payload)),
        source=key.source,
        authentication=Authentication(method="api_key", key_id=key.id, trusted=key.trusted),
        historical=payload.historical,
        canary=CANARY in key.scopes or None,
    )


def received(call: Call, submission: UUID, raw: bytes, **parts: object) -> LeadReceived:
    """A submission with what is the same for all of them."""
    held, encoding = held_body(raw)
    values: dict[str, object] = {
        "submission_id": submission,
        "received_at": call.door.clock(),
        "content_type": call.request.headers.get("Content-Type", ""),
        "body": held,
        "body_encoding": encoding,
        "body_sha256": hashlib.sha256(raw).hexdigest(),
        "remote_address": sender_address(call.request, call.door.settings.edge_proxies),
        "from_browser": is_browser(call.request) or None,
        **parts,
    }
    return LeadReceived.model_validate(values)


def trace_of(request: web.BaseRequest, submission: UUID) -> str:
    """The trace the sender belongs to, else a new one named by the submission."""
    found = _TRACE.fullmatch(request.headers.get("traceparent", ""))
    return found[1] if found else submission.hex


def is_browser(request: web.BaseRequest) -> bool:
    """Whether a page in a browser sent it: browsers name the page's origin with every form and script that posts."""
    return "Origin" in request.headers or "Sec-Fetch-Mode" in request.headers


def sender_address(request: web.BaseRequest, proxies: int) -> str | None:
    """Whose address it is: the peer's, or behind `proxies` of ours what the outermost of them was told."""
    if not proxies:
        return request.remote
    hops = [hop.strip() for hop in ",".join(request.headers.getall("X-Forwarded-For", ())).split(",") if hop.strip()]
    return hops[-min(proxies, len(hops))][:64] if hops else request.remote
