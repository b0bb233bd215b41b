"""What a file about sources may say of how a source proves who it is, and of the handshakes its vendor makes."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from leadline_runtime.rules import RulesModel

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class Timestamp(RulesModel):
    """Where the signed time stands, and how far it may lie from now, both ways."""

    header: str | None = None
    entry: str | None = None
    unit: Literal["s", "ms"] = "s"
    tolerance_s: Annotated[int, Field(ge=1, le=86_400)] = 300


class ApiKey(RulesModel):
    """Authorization: Bearer, with the scope leads:write."""

    kind: Literal["api_key"]


class Hmac(RulesModel):
    """A signature in a header; see core.signatures.Scheme."""

    kind: Literal["hmac"]
    secret: Name
    header: str
    prefix: str = ""
    entry: str | None = None
    algorithm: Literal["sha256", "sha1", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    signed: str = "{body}"
    keyed: bool = True
    key_prefix: str = ""
    key_encoding: Literal["text", "base64", "hex"] = "text"
    id_header: str | None = None
    timestamp: Timestamp | None = None
    body_hash: str | None = None


class BodyToken(RulesModel):
    """A secret in the body itself."""

    kind: Literal["body_token"]
    secret: Name
    path: str


class HeaderToken(RulesModel):
    """A secret in a header, after `prefix`."""

    kind: Literal["header_token"]
    secret: Name
    header: str = "Authorization"
    prefix: str = ""


class Basic(RulesModel):
    """Authorization: Basic. The live secrets are pairs as `user:password`."""

    kind: Literal["basic"]
    secret: Name


class PublishableKey(RulesModel):
    """A public form by its key and from its origins alone: POST /v1/forms/lp_..."""

    kind: Literal["publishable_key"]


class SecretUrl(RulesModel):
    """An address nobody can guess: its last segment, or the query parameter `parameter`, is a secret."""

    kind: Literal["secret_url"]
    secret: Name
    parameter: str | None = None


class Fetched(RulesModel):
    """Nobody sends it: the fetcher got it from the vendor, for a pointer."""

    kind: Literal["fetched"]


class Nobody(RulesModel):
    """Anyone may send: a public form."""

    kind: Literal["none"]


Auth = Annotated[
    ApiKey | Hmac | BodyToken | HeaderToken | Basic | SecretUrl | PublishableKey | Fetched | Nobody,
    Field(discriminator="kind"),
]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


# One way or several, of which one is enough.
Auths = Annotated[tuple[Auth, ...], BeforeValidator(_as_list), Field(min_length=1)]


class SignedWord(RulesModel):
    """A word answered with its HMAC-SHA-256 in hex."""

    hmac: str


class HandshakeModel(RulesModel):
    """A question by which a vendor tries the address; see core.handshakes.Handshake."""

    method: Literal["GET", "POST"] = "POST"
    when: str
    secret: Name | None = None
    token: str | None = None
    text: str | SignedWord | None = None
    json_: dict[str, str | SignedWord] | None = Field(default=None, alias="json")
