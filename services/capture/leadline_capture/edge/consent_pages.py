"""Where links lead: a page that asks, and a POST that does it. Opening a link alone does nothing, since filters of mail
open every link; a mail program that offers to unsubscribe posts at once (RFC 8058)."""

import json
from typing import Any, Final
from uuid import UUID, uuid4

from aiohttp import web

from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.limits import read_body
from leadline_capture.edge.links import Action, Link
from leadline_capture.edge.pages import page
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.submission import received, trace_of
from leadline_schemas.ids import submission_id_of_key
from leadline_schemas.received import Authentication

_CHANNELS: Final = {"email": "by e-mail", "phone": "by phone", "sms": "by SMS", "messaging": "by messenger"}
_PURPOSES: Final = {"marketing": "news and offers", "respond": "answers to your request"}
_MOST_BODY: Final = 4096  # a form of one button


async def get_confirm(call: Call) -> web.Response:
    """A page that asks whether to confirm."""
    link = _link(call, "confirm")
    if isinstance(link, web.Response):
        return link
    return page(200, "Please confirm", f"Do you want to receive {_what(call, link)}?", button="Yes, I do")


async def post_confirm(call: Call) -> web.Response:
    """Consent is granted. The same link is the same submission, however often: it does not undo a later withdrawal."""
    link = _link(call, "confirm")
    if isinstance(link, web.Response):
        return link
    asked_in = str(link.asked_in)
    body = {
        **link.person,
        "state": "granted",
        "basis": "consent",
        "evidence": f"confirmed by the link given for submission {asked_in}",
    }
    done = f"You will receive {_what(call, link)}. You can close this page."
    return await _taken(call, link, submission_id_of_key("consent confirmed", asked_in), body, ("Thank you", done))


async def get_unsubscribe(call: Call) -> web.Response:
    """A page that asks whether to withdraw."""
    link = _link(call, "unsubscribe")
    if isinstance(link, web.Response):
        return link
    return page(200, "Unsubscribe", f"Do you want to receive no more {_what(call, link)}?", button="Unsubscribe")


async def post_unsubscribe(call: Call) -> web.Response:
    """Consent is withdrawn; each time anew, since it may have been granted again in between."""
    link = _link(call, "unsubscribe")
    if isinstance(link, web.Response):
        return link
    asked_in = f" given for submission {link.asked_in}" if link.asked_in else ""
    body = {**link.person, "state": "withdrawn", "evidence": f"unsubscribed by the link{asked_in}"}
    done = f"You will receive no more {_what(call, link)}. You can close this page."
    return await _taken(call, link, uuid4(), body, ("You are unsubscribed", done))


async def _taken(call: Call, link: Link, submission: UUID, body: dict[str, Any], told: tuple[str, str]) -> web.Response:
    await read_body(call.request, _MOST_BODY)
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    made = received(
        call,
        submission,
        raw,
        way="consents",
        source=link.source,
        authentication=Authentication(method="token", key_id=link.key_id, trusted=link.trusted),
        content_type="application/json",
    )
    try:
        await take_in(call, made, trace_of(call.request, submission))
    except Problem as problem:
        call.refuse(problem.code)
        return page(problem.status, "Not now", "This could not be stored. Please try again in a moment.", retry=True)
    return page(200, *told)


def _link(call: Call, action: Action) -> Link | web.Response:
    """The link that was followed, or the page that says why it leads nowhere."""
    found = call.door.links.open(call.request.query.get("token", ""))
    if found is None or found.action != action:
        call.refuse("bad_link")
        return page(404, "This link is not whole", "Please copy the whole link from the mail, to its last character.")
    call.source = found.source
    if found.until is not None and call.door.clock() >= found.until:
        call.refuse("expired_link")
        return page(410, "This link is no longer valid", "Too much time has passed. Please sign up again.")
    return found


def _what(call: Call, link: Link) -> str:
    purpose = _PURPOSES.get(link.person["purpose"], link.person["purpose"])
    channel = _CHANNELS.get(link.person.get("channel", "any"))
    sender = call.door.settings.consent_asked_by
    return " ".join(filter(None, (purpose, f"from {sender}" if sender else None, channel)))
