"""Which links a sender of consents is given, for the mails that it sends; POST /v1/consents/links for all others."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from leadline_capture.core.consent import BY_CHANNEL
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, checked, json_body
from leadline_capture.edge.consent_checks import may_be_named
from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import Key
from leadline_capture.edge.limits import too_large
from leadline_capture.edge.links import Link
from leadline_capture.edge.problem import Problem, told_faults, unavailable
from leadline_schemas.payloads import ConsentLinkPayload, ConsentSubmission
from leadline_schemas.received import LeadReceived

CONFIRM: Final = "/v1/consents/confirm"
UNSUBSCRIBE: Final = "/v1/consents/unsubscribe"
_PERSON: Final = {
    "lead_id",
    "external_id",
    "email",
    "phone",
    "anonymous_id",
    "user_id",
    "purpose",
    "channel",
    "address",
}


def links_of(call: Call, received: LeadReceived) -> dict[str, str]:
    """The links that belong to a statement which was taken in; none while no secret is configured."""
    said = ConsentSubmission.model_validate_json(received.body)
    if not call.door.links or said.state == "withdrawn" or said.purpose not in BY_CHANNEL:
        return {}
    sender = received.authentication
    link = Link(
        "unsubscribe", _person(said), received.source, sender.key_id, sender.trusted, asked_in=received.submission_id
    )
    told = {"unsubscribe_url": _url(call, UNSUBSCRIBE, link)}
    if said.state == "pending":
        hours = timedelta(hours=call.door.settings.consent_confirm_h)
        until = ((received.received_at or call.door.clock()) + hours).replace(microsecond=0)
        person = {**link.person, **({"text_version": said.text_version} if said.text_version else {})}
        told["confirm_url"] = _url(call, CONFIRM, replace(link, action="confirm", person=person, until=until))
        told["confirm_until"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
    return told


async def post_links(call: Call) -> web.Response:
    """200 with the unsubscribe link of one, or several as {"links": [...]}. Stores nothing. Raises Problem."""
    key = authorized(call, "consents:write")
    settings = call.door.settings
    raw, value = await json_body(call, settings.edge_batch_bytes)
    if not call.door.links:
        raise unavailable("links_not_configured", "no secret for links is configured: LEADLINE_CONSENT_LINK_SECRETS")
    if isinstance(value, dict) and set(value) == {"links"}:
        return _several(call, key, value["links"])
    if len(raw) > settings.edge_lead_bytes:
        raise too_large(settings.edge_lead_bytes)
    try:
        return web.json_response(_unsubscribe(call, key, value))
    except Invalid as invalid:
        raise invalid.problem() from None


def _several(call: Call, key: Key, items: Any) -> web.Response:
    most = call.door.settings.edge_batch_items
    if not isinstance(items, list) or not items or len(items) > most:
        raise Problem(422, "invalid", f"send a list of 1 to {most} items")
    answers: list[dict[str, Any]] = []
    for number, value in enumerate(items):
        try:
            answers.append({"index": number, "status": "made", **_unsubscribe(call, key, value)})
        except Invalid as invalid:
            told = told_faults(invalid.faults)
            answers.append({"index": number, "status": "refused", "code": "invalid", "errors": told})
    return web.json_response({"results": answers})


def _unsubscribe(call: Call, key: Key, value: Any) -> dict[str, str]:
    wanted = checked(ConsentLinkPayload, value)
    may_be_named(wanted, key)
    link = Link("unsubscribe", _person(wanted), source=key.source, key_id=key.id, trusted=key.trusted)
    return {"unsubscribe_url": _url(call, UNSUBSCRIBE, link)}


def _person(said: ConsentSubmission | ConsentLinkPayload) -> dict[str, Any]:
    return said.model_dump(mode="json", include=_PERSON, exclude_none=True)


def _url(call: Call, path: str, link: Link) -> str:
    base = call.door.settings.edge_public_url or f"http://{call.request.host}"
    return f"{base.rstrip('/')}{path}?token={call.door.links.seal(link)}"
