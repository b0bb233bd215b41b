"""One payload of ours in a request: checked, made durable, answered. What a list of them becomes: edge.batch."""

from typing import TypeVar

from aiohttp import web

from leadline_capture.core.canary import is_canary
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.batch import answer_items
from leadline_capture.edge.bodies import Invalid, accepted_answer, checked, json_body
from leadline_capture.edge.consent_checks import may_be_said
from leadline_capture.edge.consent_links import links_of
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.keys import CANARY, Key, Scope
from leadline_capture.edge.limits import too_large
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.submission import named_by_key, own_payload, owner_of, submission_id, trace_of
from leadline_schemas.payloads import ActivityPayload, ConsentSubmission, LeadPayload

Said = TypeVar("Said", LeadPayload, ActivityPayload, ConsentSubmission)


async def answer_one_or_many(call: Call, scope: Scope, name: str, model: type[Said]) -> web.Response:
    """202 for one once it is durable; `{name: [...]}` is answered item by item. Raises Problem."""
    key, settings = authorized(call, scope), call.door.settings
    raw, value = await json_body(call, settings.edge_batch_bytes)
    if isinstance(value, dict) and set(value) == {name}:
        return await answer_items(call, key, raw, value[name], model)
    if len(raw) > settings.edge_lead_bytes:
        raise too_large(settings.edge_lead_bytes)
    return await answer_one(call, key, raw, value, model)


async def answer_one(call: Call, key: Key, raw: bytes, value: object, model: type[Said]) -> web.Response:
    """202 with the submission's id, and the links of a statement about consent. Raises Problem."""
    try:
        payload = checked(model, value)
        if isinstance(payload, ConsentSubmission):
            may_be_said(payload, key)
    except Invalid as invalid:
        raise invalid.problem() from None
    canary = CANARY in key.scopes
    if canary and not (isinstance(payload, LeadPayload) and is_canary(payload)):
        raise Problem(403, "canary_only", "this is the canary's key: it sends canaries, and no leads")
    # Nothing is remembered of a canary, its Idempotency-Key neither.
    named = None if canary else await named_by_key(call, key, raw)
    submission = submission_id(named, owner_of(model, key), payload.id)
    received = own_payload(call, key, submission, raw, payload)
    await take_in(call, received, trace_of(call.request, submission))
    links: dict[str, str] = links_of(call, received) if isinstance(payload, ConsentSubmission) else {}
    return accepted_answer(submission, **links)
