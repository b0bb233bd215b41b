"""What a file about sources may say: the shape of the file, checked strictly."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose, ConsentState, Source

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ContentType = Literal["json", "urlencoded", "multipart"]


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
    key_encoding: Literal["text", "base64"] = "text"
    id_header: str | None = None
    timestamp: Timestamp | None = None


class BodyToken(RulesModel):
    """A secret in the body itself."""

    kind: Literal["body_token"]
    secret: Name
    path: str


class Nobody(RulesModel):
    """Anyone may send: a public form."""

    kind: Literal["none"]


class PublishableKey(RulesModel):
    """A public form by its key and from its origins alone: POST /v1/forms/lp_..."""

    kind: Literal["publishable_key"]


class FieldModel(RulesModel):
    """A field with more than an expression: a table of names, formats of times, a constant."""

    from_: str | None = Field(default=None, alias="from")
    value: str | int | bool | None = None
    map: dict[str, Any] | None = None
    otherwise: Any = None
    times: tuple[str, ...] | None = None


class ConsentModel(RulesModel):
    """A box (ticked → granted, shown and left empty → declined), or a field whose values are given in `states`."""

    from_: str = Field(alias="from")
    purpose: ConsentPurpose
    channel: ConsentChannel = "any"
    states: dict[str, ConsentState] | None = None
    text_version: str | None = None


class MapModel(RulesModel):
    """How the items of a body become leads or activities."""

    makes: Literal["lead", "activity"] = "lead"
    items: str = "@"
    when: str | None = None
    let: dict[Name, str] = {}
    fields: dict[str, str | FieldModel]
    consent: tuple[ConsentModel, ...] = ()
    test: str | None = None


class RedirectModel(RulesModel):
    """A form's field that names the page to go to, and pages (with all below them) that it may name besides those of
    the page's key."""

    field: str
    allow: tuple[str, ...] = ()


class Gives(RulesModel):
    """What an example must give: of each payload the fields named (null: absent)."""

    leads: tuple[dict[str, Any], ...] = ()
    activities: tuple[dict[str, Any], ...] = ()
    test: bool = False
    own_id: str | None = None
    notes: tuple[str, ...] | None = None


class Signature(RulesModel):
    """A request that must be found authentic: the live secrets, and the time at which it came."""

    secrets: tuple[str, ...]
    at: str = "2026-03-01T12:00:00Z"
    method: str = "POST"
    url: str = ""


class Example(RulesModel):
    """A body as the source sends it, and what must become of it."""

    name: str
    content_type: str
    body: str | None = None
    json_: Any = Field(default=None, alias="json")
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    authentic: Signature | None = None
    gives: Gives


class SourceModel(RulesModel):
    """One source."""

    title: str
    channel: Source
    authenticate: Annotated[ApiKey | Hmac | BodyToken | PublishableKey | Nobody, Field(discriminator="kind")]
    trusted: bool | None = None
    accepts: Annotated[tuple[ContentType, ...], Field(min_length=1)] = ("json",)
    zone: str = "UTC"
    own_id: str | None = None
    test: str | None = None
    redirect: RedirectModel | None = None
    maps: Annotated[tuple[MapModel, ...], Field(min_length=1)]
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


class SourcesModel(RulesModel):
    """The file."""

    version: Any
    sources: dict[Name, SourceModel]
