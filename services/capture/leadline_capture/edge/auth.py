"""Who is at the door: a key of ours, or a source by its signature, its token, or nobody in particular."""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from leadline_capture.core.signatures import Signed, is_valid
from leadline_capture.core.sources import ExpressionFailed, Source, Surroundings
from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import Key, Scope
from leadline_capture.edge.problem import Problem, unavailable
from leadline_schemas.received import Authentication

_ASK: Final = {"WWW-Authenticate": 'Bearer realm="leadline"'}


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
    key = call.door.keys.find(given.strip(), call.door.clock()) if kind.lower() == "bearer" else None
    if key is None:
        raise Problem(401, "unauthorized", "send a valid key: Authorization: Bearer ll_...", headers=_ASK)
    call.source = key.source
    if not any(key.may(scope) for scope in scopes):
        raise Problem(403, "forbidden", f"this key lacks the scope {' or '.join(scopes)}")
    return key


def authenticated(call: Call, source: Source, raw: bytes, around: Surroundings) -> Authentication:
    """How a source proved who it is. Raises Problem: 401 if it did not, 503 while no secret of it is configured."""
    kind = source.authentication.kind
    if kind == "none":
        return Authentication(method="none")
    if kind == "publishable_key":
        raise Problem(
            401, "unauthorized", f"{source.name} is posted to /v1/forms/ and its publishable key, lp_...", headers=_ASK
        )
    if kind == "api_key":
        key = authorized(call, "leads:write")
        call.source = source.name
        return Authentication(method="api_key", key_id=key.id, trusted=source.trusted and key.trusted)
    secrets = _secrets(call, source)
    if kind == "hmac":
        valid = _is_signed(call, source, raw, around.body, secrets)
    else:
        valid = _is_one_of(_token(source, around), secrets)
    if not valid:
        raise Problem(401, "unauthorized", f"{source.name}: the signature or token is not the one of this source")
    return Authentication(method="hmac" if kind == "hmac" else "token", trusted=source.trusted)


def _secrets(call: Call, source: Source) -> Sequence[str]:
    name = source.authentication.secret or ""
    found = [secret.get_secret_value() for secret in call.door.settings.source_secrets.get(name, ())]
    if not found:
        # Not the sender's fault: it tries again, and on-call sees the reason.
        raise unavailable("source_not_configured", f"no secret is configured for {source.name}")
    return found


def _is_signed(call: Call, source: Source, raw: bytes, body: Any, secrets: Sequence[str]) -> bool:
    scheme = source.authentication.scheme
    assert scheme is not None, "a source of kind hmac has a scheme"
    one_header(call.request, scheme.header)
    headers: Mapping[str, str] = {name.lower(): value for name, value in call.request.headers.items()}
    params = body.items() if isinstance(body, dict) and "{params}" in scheme.signed else ()
    pairs = [(str(k), str(each)) for k, v in params for each in (v if isinstance(v, list) else [v])]
    request = Signed(raw, headers, call.request.method, _url(call), pairs)
    return is_valid(scheme, request, secrets, call.door.clock())


def _url(call: Call) -> str:
    """The address that the sender used, with its query as it was written."""
    public = call.door.settings.edge_public_url
    return f"{(public or f'http://{call.request.host}').rstrip('/')}{call.request.path_qs}"


def _token(source: Source, around: Surroundings) -> str | None:
    token = source.authentication.token
    assert token is not None, "a source of kind body_token has a token"
    try:
        found = token(around.body, around)
    except ExpressionFailed:
        return None
    if isinstance(found, list) and len(found) == 1:
        (found,) = found
    return str(found) if isinstance(found, str | int) else None


def _is_one_of(given: str | None, secrets: Sequence[str]) -> bool:
    """Whether `given` is one of the live secrets; all are tried, so that time tells nothing."""
    found = False
    for secret in secrets:
        found |= hmac.compare_digest((given or "").encode("utf-8", "surrogateescape"), secret.encode())
    return found and bool(given)
