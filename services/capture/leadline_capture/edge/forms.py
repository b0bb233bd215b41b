"""POST /v1/forms/{key}: a form of a public page, by its publishable key, from pages of the key's origins alone.

The key stands in the address, so that a plain form needs no script, and a preflight, which has no body, is answered
by the key's own origins.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from aiohttp import web

from leadline_capture.core.documents import media_type
from leadline_capture.core.origins import origin_of
from leadline_capture.core.redirects import redirect_of
from leadline_capture.core.sources import Source
from leadline_capture.edge.auth import one_header
from leadline_capture.edge.bodies import accepted_answer
from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import PREFIX, Key
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.source_request import request_to
from leadline_capture.edge.sources import submitted
from leadline_schemas.received import Authentication

FORMS: Final = "/v1/forms/"
# No longer than this may a browser go by what a key allowed: a revoked key or a removed origin must be felt.
_PREFLIGHT_S: Final = 600
_ALLOWED: Final[Mapping[str, str]] = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": str(_PREFLIGHT_S),
}
_PAGE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Thank you</title>
<style>body{font:1.125rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}</style>
<main><h1>Thank you</h1><p>Your message has arrived. You can close this page or go back.</p></main>
</html>
"""


async def preflight(call: Call) -> web.Response:
    """What a browser asks before a script's request: 204 to pages of the key's origins. Raises Problem."""
    _from_allowed_page(call, _key(call))
    return web.Response(status=204, headers=_ALLOWED)


async def post_form(call: Call) -> web.Response:
    """303 to an allowed page or 202 with a short one for a form, 202 JSON for a script. Raises Problem."""
    key = _key(call)
    _from_allowed_page(call, key)
    source = _source(call, key)
    submission, body = await submitted(call, request_to(call, source), lambda raw, around: _nobody(key))
    if _is_script(call):
        return accepted_answer(submission)
    page = redirect_of(source.redirect.allowing(key.pages) if source.redirect else None, body)
    if page is not None:
        return web.Response(status=303, headers={"Location": page})
    return _thanks(call, submission)


def readable(call: Call) -> Mapping[str, str]:
    """Headers by which a page of the key's origins may read any answer to its form, one from before this module too
    (too many requests, too slow)."""
    key = call.door.keys.find_publishable(call.request.path.removeprefix(FORMS), call.door.clock())
    origin = call.request.headers.get("Origin")
    # Whatever is answered depends on who asks; a cache between must not give one page the answer to another.
    if key is None or origin is None or origin_of(origin) not in key.origins:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Retry-After, RateLimit, RateLimit-Policy",
    }


def _key(call: Call) -> Key:
    text = call.request.path.removeprefix(FORMS)
    key = call.door.keys.find_publishable(text, call.door.clock())
    if key is not None:
        call.source = key.source
        return key
    if text.startswith(PREFIX):
        raise Problem(
            403,
            "forbidden",
            "this is a secret key, which must not stand in a page: revoke it, and make one with"
            " leadline keys create --publishable",
        )
    raise Problem(404, "unknown_key", "the address must end in a live publishable key: /v1/forms/lp_...")


def _from_allowed_page(call: Call, key: Key) -> None:
    """Raises Problem 403 if the form is not of a page of the key's origins."""
    origin = one_header(call.request, "Origin")
    found = origin_of(origin) if origin is not None else origin_of(one_header(call.request, "Referer") or "")
    if found is None or found not in key.origins:
        raise Problem(
            403,
            "forbidden_origin",
            "this key does not take forms from this page; leadline keys create --publishable --origin names whose"
            " it takes (a page with the referrer policy no-referrer hides where it is from)",
        )


def _source(call: Call, key: Key) -> Source:
    source = call.door.sources().sources.get(key.source)
    if source is None:
        raise unavailable("source_not_configured", f"the rules have no source {key.source}, whose key this is")
    if not source.is_public:
        raise Problem(403, "forbidden", f"{source.name} must prove who it is; a publishable key does not")
    return source


def _nobody(key: Key) -> Authentication:
    """A key that everybody can read proves nothing; it is kept for whose form it was."""
    return Authentication(method="none", key_id=key.id)


def _is_script(call: Call) -> bool:
    """Whether a script waits for the answer, and not a browser that shows it."""
    if media_type(call.request.headers.get("Content-Type", "")) == "application/json":
        return True
    accept = call.request.headers.get("Accept", "")
    if "application/json" in accept and "text/html" not in accept:
        return True
    return call.request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"


def _thanks(call: Call, submission: UUID) -> web.Response:
    if "text/html" not in call.request.headers.get("Accept", ""):
        return accepted_answer(submission)
    return web.Response(status=202, text=_PAGE, content_type="text/html", headers=_PAGE_HEADERS)
