"""The answer to a vendor that tries the address before it sends anything there."""

from collections.abc import Mapping

from aiohttp import web

from leadline_capture.core.handshakes import Handshake, NotAnswered, answer, asked_for
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.edge.door import Call
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.source_auth import not_configured, secrets_of
from leadline_capture.edge.source_request import SourceRequest

# What is repeated came from outside: nothing may take it for a page.
_PLAIN: Mapping[str, str] = {"X-Content-Type-Options": "nosniff"}


def handshake_of(asked: SourceRequest, around: Surroundings) -> Handshake | None:
    """The handshake that a request is, if it is one."""
    return asked_for(asked.source.handshakes, asked.method, around)


def shake_hands(call: Call, asked: SourceRequest, handshake: Handshake, around: Surroundings) -> web.Response:
    """200 with what the vendor wants to hear; nothing is stored. Raises Problem: 403, 503 without a secret."""
    secrets = secrets_of(call, handshake.secret)
    if handshake.secret is not None and not secrets:
        raise not_configured(asked.source)
    try:
        told = answer(handshake, around, secrets)
    except NotAnswered:
        raise Problem(403, "forbidden", f"{asked.source.name}: the handshake's token is not the one of ours") from None
    if isinstance(told, str):
        return web.Response(text=told, headers=_PLAIN)
    return web.json_response(told, headers=_PLAIN)
