"""Several payloads in one request: each is checked by itself, all are made durable together, each is answered."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, P, accepted, checked, item_body, json_body
from leadline_capture.edge.consent_checks import may_be_said
from leadline_capture.edge.consent_links import links_of
from leadline_capture.edge.door import Call, not_durable, take_in_all
from leadline_capture.edge.keys import Key
from leadline_capture.edge.problem import Problem, told_faults
from leadline_capture.edge.submission import named_by_key, own_payload, owner_of, submission_id, trace_of
from leadline_schemas.ids import derived_id
from leadline_schemas.payloads import ConsentSubmission, LeadPayload
from leadline_schemas.received import LeadReceived

_FAIR: Final = 50  # after so many items other requests have their turn


async def post_leads(call: Call) -> web.Response:
    """POST /v1/leads/batch: `{"leads": [...]}` or the list itself. Raises Problem if the whole cannot be read."""
    key = authorized(call, "leads:write")
    raw, value = await json_body(call, call.door.settings.edge_batch_bytes)
    items = value.get("leads") if isinstance(value, dict) and set(value) == {"leads"} else value
    return await answer_items(call, key, raw, items, LeadPayload)


async def answer_items(call: Call, key: Key, raw: bytes, items: Any, model: type[P]) -> web.Response:
    """One answer per item, in order: 202 all stored, 207 some, 422 none acceptable, 503 none stored."""
    most = call.door.settings.edge_batch_items
    if not isinstance(items, list) or not items or len(items) > most:
        raise Problem(422, "invalid", f"send a list of 1 to {most} items")
    named = await named_by_key(call, key, raw)
    found = []
    for n, value in enumerate(items):
        found.append(_read(call, key, _Item(model, n, value, named)))
        if n % _FAIR == _FAIR - 1:
            await asyncio.sleep(0)
    good = [(each, trace_of(call.request, each.submission_id)) for each in found if isinstance(each, LeadReceived)]
    durable = iter(await take_in_all(call, good))
    answers = [_answer(call, n, each, isinstance(each, LeadReceived) and next(durable)) for n, each in enumerate(found)]
    return _told(answers)


def _told(answers: Sequence[dict[str, Any]]) -> web.Response:
    kinds = {answer["status"] for answer in answers}
    count = sum(answer["status"] == "accepted" for answer in answers)
    told = {"accepted": count, "refused": len(answers) - count, "results": answers}
    if count:
        return web.json_response(told, status=202 if kinds == {"accepted"} else 207)
    away = "unavailable" in kinds
    return web.json_response(told, status=503 if away else 422, headers={"Retry-After": "1"} if away else None)


class _Item:
    """One of several payloads; `named` is the id that the request's Idempotency-Key gives to them all."""

    def __init__(self, model: type[Any], number: int, value: Any, named: UUID | None) -> None:
        self.model, self.number, self.value = model, number, value
        self.named = derived_id("item", named, number) if named else None


def _read(call: Call, key: Key, item: _Item) -> LeadReceived | Invalid | Problem:
    """The item as a submission, or what is wrong with it."""
    limit = call.door.settings.edge_lead_bytes
    try:
        payload = checked(item.model, item.value)
        if isinstance(payload, ConsentSubmission):
            may_be_said(payload, key)
    except Invalid as invalid:
        return invalid
    raw = item_body(item.value)
    if len(raw) > limit:
        return Problem(413, "too_large", f"an item is larger than {limit} bytes")
    submission = submission_id(item.named if payload.id is None else None, owner_of(item.model, key), payload.id)
    return own_payload(call, key, submission, raw, payload)


def _answer(call: Call, number: int, found: LeadReceived | Invalid | Problem, durable: bool) -> dict[str, Any]:
    start = {"index": number}
    if isinstance(found, LeadReceived):
        if durable:
            links = links_of(call, found) if found.way == "consents" else {}
            return {**start, **accepted(found.submission_id), **links}
        found = not_durable()
    if isinstance(found, Invalid):
        call.refuse("invalid")
        return {**start, "status": "refused", "code": "invalid", "errors": told_faults(found.faults)}
    call.refuse(found.code)
    status = "unavailable" if found.status == 503 else "refused"
    return {**start, "status": status, "code": found.code, "detail": found.detail}
