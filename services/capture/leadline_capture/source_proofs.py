"""How a source proves who it is, its handshakes and its addresses, compiled from what its file says."""

import re
from ipaddress import ip_network

from leadline_capture.core.addresses import Network
from leadline_capture.core.handshakes import Handshake, Part
from leadline_capture.core.proofs import Proof
from leadline_capture.core.signatures import PARTS, Scheme
from leadline_capture.source_auth_models import (
    Auth,
    BodyToken,
    HandshakeModel,
    HeaderToken,
    Hmac,
    Nobody,
    PublishableKey,
    SecretUrl,
    SignedWord,
)
from leadline_capture.source_fields import Place, compile_expression
from leadline_capture.source_models import SourceModel


def compile_proofs(declared: SourceModel, place: Place) -> tuple[Proof, ...]:
    """One of these is enough. Raises RulesError."""
    ways = declared.authenticate
    if len(ways) > 1 and not all(map(proves, ways)):
        raise place.wrong("none beside another kind asks for nothing; leave one of the two out")
    if declared.trusted and not all(map(proves, ways)):
        raise place.at("trusted").wrong("a source that anyone may send to cannot be trusted; leave `trusted` out")
    several = len(ways) > 1
    return tuple(
        _proof(each, place.at(f"authenticate[{n}]" if several else "authenticate")) for n, each in enumerate(ways)
    )


def proves(way: Auth) -> bool:
    """Whether the sender is known by it, and not only that he knows the address."""
    return not isinstance(way, Nobody | PublishableKey)


def is_trusted(declared: SourceModel) -> bool:
    """As said; else where every way proves the sender. Who has a secret address may pass on what anybody wrote."""
    if declared.trusted is not None:
        return declared.trusted
    return not any(isinstance(each, Nobody | PublishableKey | SecretUrl) for each in declared.authenticate)


def _proof(given: Auth, place: Place) -> Proof:
    if isinstance(given, BodyToken):
        return Proof("body_token", given.secret, token=compile_expression(given.path, place.at("path")))
    if isinstance(given, Hmac):
        return Proof("hmac", given.secret, scheme=_scheme(given, place))
    if isinstance(given, HeaderToken):
        return Proof("header_token", given.secret, header=given.header, prefix=given.prefix)
    if isinstance(given, SecretUrl):
        return Proof("secret_url", given.secret, parameter=given.parameter)
    return Proof(given.kind, getattr(given, "secret", None))


def _scheme(given: Hmac, place: Place) -> Scheme:
    parts = re.findall(r"\{(\w*)\}", given.signed)
    for part in parts:
        if part not in PARTS:
            raise place.at("signed").wrong(f"names {{{part}}}; it can name {', '.join(PARTS)}")
    if "timestamp" in parts and (given.timestamp is None or not (given.timestamp.header or given.timestamp.entry)):
        raise place.at("timestamp").wrong("is needed, since {timestamp} is signed: say in which header or entry it is")
    if "id" in parts and given.id_header is None:
        raise place.at("id_header").wrong("is needed, since {id} is signed")
    if not given.keyed and "secret" not in parts:
        raise place.at("signed").wrong("must name {secret}: without a key anybody can make this hash")
    stamp = given.timestamp
    return Scheme(
        header=given.header,
        signed=given.signed,
        prefix=given.prefix,
        entry=given.entry,
        algorithm=given.algorithm,
        encoding=given.encoding,
        keyed=given.keyed,
        key_prefix=given.key_prefix,
        key_encoding=given.key_encoding,
        id_header=given.id_header,
        timestamp_header=stamp.header if stamp else None,
        timestamp_entry=stamp.entry if stamp else None,
        timestamp_unit=stamp.unit if stamp else "s",
        tolerance_s=stamp.tolerance_s if stamp else None,
        body_hash=given.body_hash,
    )


def compile_handshake(declared: HandshakeModel, place: Place) -> Handshake:
    """A handshake. Raises RulesError."""
    parts = {name: _part(each, place.at(f"json.{name}")) for name, each in (declared.json_ or {}).items()}
    text = _part(declared.text, place.at("text")) if declared.text is not None else None
    signs = any(part.signed for part in (*parts.values(), text) if part is not None)
    if (declared.token is not None or signs) and declared.secret is None:
        raise place.at("secret").wrong("is needed for `token` and `hmac`: the name of a secret")
    if declared.method == "GET" and declared.token is None and not signs:
        raise place.at("token").wrong("is needed: a GET that proves nothing must not be answered; or sign a word")
    return Handshake(
        method=declared.method,
        when=compile_expression(declared.when, place.at("when")),
        secret=declared.secret,
        token=compile_expression(declared.token, place.at("token")) if declared.token is not None else None,
        text=text,
        parts=tuple(parts.items()),
    )


def _part(given: str | SignedWord, place: Place) -> Part:
    text = given.hmac if isinstance(given, SignedWord) else given
    return Part(compile_expression(text, place), signed=isinstance(given, SignedWord))


def compile_addresses(declared: SourceModel, place: Place) -> tuple[Network, ...]:
    """The networks a source sends from. Raises RulesError."""
    found: list[Network] = []
    for text in declared.addresses:
        try:
            found.append(ip_network(text))
        except ValueError:
            raise place.wrong(f"{text!r} is no network; give one such as 192.0.2.0/24 or 2001:db8::/32") from None
    return tuple(found)
