"""Who is at a source's door: from where, and with which proof."""

from collections.abc import Sequence
from typing import Any, Final

from leadline_capture.core.addresses import is_within
from leadline_capture.core.documents import form_pairs
from leadline_capture.core.proofs import Presented, Proof, is_proved
from leadline_capture.core.signatures import Signed
from leadline_capture.core.sources import Source
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.edge.auth import ASK, authorized, one_header
from leadline_capture.edge.door import Call
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.source_request import SourceRequest
from leadline_capture.edge.submission import sender_address
from leadline_schemas.received import Authentication

_METHODS: Final[dict[str, Any]] = {"hmac": "hmac", "basic": "basic", "none": "none"}


def check_address(call: Call, source: Source) -> None:
    """Raises Problem 403 if the source may not send from there."""
    if not source.addresses:
        return
    if not is_within(sender_address(call.request, call.door.settings.edge_proxies), source.addresses):
        raise Problem(403, "forbidden", f"{source.name} does not send from this address; see `addresses` in its file")


def authenticated(call: Call, asked: SourceRequest, raw: bytes, around: Surroundings) -> Authentication:
    """How a source proved who it is. Raises Problem: 401 if it did not, 503 while no secret of it is configured."""
    source = asked.source
    for name in dict.fromkeys(header for proof in source.proofs for header in proof.headers):
        one_header(call.request, name)
    presented = _presented(call, asked, raw, around)
    for proof in source.proofs:
        if proof.kind == "api_key":
            key = authorized(call, "leads:write")
            call.source = source.name
            return Authentication(method="api_key", key_id=key.id, trusted=source.trusted and key.trusted)
        if is_proved(proof, presented, secrets_of(call, proof.secret), call.door.clock()):
            return Authentication(method=_METHODS.get(proof.kind, "token"), trusted=source.trusted)
    if any(proof.kind == "publishable_key" for proof in source.proofs):
        detail = f"{source.name} is posted to /v1/forms/ and its publishable key, lp_..."
        raise Problem(401, "unauthorized", detail, headers=ASK)
    if not any(secrets_of(call, proof.secret) for proof in source.proofs):
        raise not_configured(source)
    asks = {"WWW-Authenticate": 'Basic realm="leadline"'} if _asks_basic(source.proofs) else None
    detail = f"{source.name}: the signature, token or time is not what this source shows"
    raise Problem(401, "unauthorized", detail, headers=asks)


def secrets_of(call: Call, name: str | None) -> Sequence[str]:
    """The live secrets of that name; none if it has none."""
    found = call.door.settings.source_secrets.get(name, ()) if name is not None else ()
    return [secret.get_secret_value() for secret in found]


def not_configured(source: Source) -> Problem:
    """The answer while no secret is known: not the sender's fault. It tries again, and on-call sees the reason."""
    return unavailable("source_not_configured", f"no secret is configured for {source.name}")


def _asks_basic(proofs: Sequence[Proof]) -> bool:
    return any(proof.kind == "basic" for proof in proofs)


def _presented(call: Call, asked: SourceRequest, raw: bytes, around: Surroundings) -> Presented:
    headers = {name.lower(): value for name, value in call.request.headers.items()}
    params = form_pairs(asked.content_type, around.body) if asked.method == "POST" else []
    signed = Signed(raw, headers, asked.method, _url(call), params, asked.query)
    return Presented(signed, around, asked.segment)


def _url(call: Call) -> str:
    """The address that the sender used, with its path and query as they were written."""
    public, target = call.door.settings.edge_public_url, call.request.raw_path
    if not target.startswith("/"):  # a whole address, as a proxy asks for it
        target = call.request.path_qs
    return f"{(public or f'http://{call.request.host}').rstrip('/')}{target}"
