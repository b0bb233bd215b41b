"""Who is at the door with a key of ours."""

from typing import Final

from aiohttp import web

from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import Key, Scope
from leadline_capture.edge.problem import Problem

ASK: Final = {"WWW-Authenticate": 'Bearer realm="leadline"'}


def one_header(request: web.BaseRequest, name: str) -> str | None:
    """The value of a header. Raises Problem 400 if it came twice: which one counts would be a guess."""
    values = request.headers.getall(name, ())
    if len(values) > 1:
        raise Problem(400, "duplicate_header", f"the header {name} came {len(values)} times; send it once")
    return values[0] if values else None


def authorized(call: Call, *scopes: Scope) -> Key:
    """The key in the Authorization header. Raises Problem: 401 without a live key, 403 without any of the scopes."""
    value = one_header(call.request, "Authorization")
    kind, _, given = (value or "").partition(" ")
    return allowed(call, given.strip() if kind.lower() == "bearer" else "", *scopes)


def allowed(call: Call, text: str, *scopes: Scope) -> Key:
    """The key that `text` is. Raises Problem: 401 if it is no live key, 403 without any of the scopes."""
    key = call.door.keys.find(text, call.door.clock())
    if key is None:
        raise Problem(401, "unauthorized", "send a valid key: Authorization: Bearer ll_...", headers=ASK)
    call.source = key.source
    if not any(key.may(scope) for scope in scopes):
        raise Problem(403, "forbidden", f"this key lacks the scope {' or '.join(scopes)}")
    return key
