"""What a file about sources may say: the shape of the file, checked strictly."""

from typing import Annotated, Any, Literal

from pydantic import Field

from leadline_capture.source_auth_models import Auths, HandshakeModel, Name
from leadline_capture.source_fetch_models import FetchModel
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose, ConsentState, Source

ContentType = Literal["json", "urlencoded", "multipart", "query", "mail"]


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

    makes: Literal["lead", "activity", "outcome", "pointer"] = "lead"
    items: str = "@"
    when: str | None = None
    let: dict[Name, str] = {}
    fields: dict[str, str | FieldModel]
    fetch: FetchModel | None = None
    consent: tuple[ConsentModel, ...] = ()
    test: str | None = None
    own_id: str | None = None


class RedirectModel(RulesModel):
    """A form's field that names the page to go to, and pages (with all below them) that it may name besides those of
    the page's key."""

    field: str
    allow: tuple[str, ...] = ()


class StampModel(RulesModel):
    """A form's field with the time at which its page was made, signed; see core.stamps."""

    field: str
    secret: Name


class Gives(RulesModel):
    """What an example must give: of each payload the fields named (null: absent); of a handshake the answer."""

    leads: tuple[dict[str, Any], ...] = ()
    activities: tuple[dict[str, Any], ...] = ()
    pointers: tuple[dict[str, Any], ...] = ()
    test: bool = False
    own_id: str | None = None
    own_ids: tuple[str | None, ...] | None = None
    notes: tuple[str, ...] | None = None
    answers: str | dict[str, str] | None = None


class Signature(RulesModel):
    """A request that must be found authentic: the live secrets, and the time at which it came. `segment`: what
    follows the source's name in the path."""

    secrets: tuple[str, ...]
    at: str = "2026-03-01T12:00:00Z"
    url: str = ""
    segment: str | None = None


class Example(RulesModel):
    """A request as the source sends it, and what must become of it. A GET is its `query` alone."""

    name: str
    method: Literal["GET", "POST"] = "POST"
    content_type: str = "application/json"
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
    authenticate: Auths
    addresses: tuple[str, ...] = ()
    handshakes: tuple[HandshakeModel, ...] = ()
    trusted: bool | None = None
    accepts: Annotated[tuple[ContentType, ...], Field(min_length=1)] = ("json",)
    answer: Literal[200, 202] = 202
    zone: str = "UTC"
    own_id: str | None = None
    own_id_header: str | None = None
    test: str | None = None
    redirect: RedirectModel | None = None
    charset_field: str | None = None
    stamp: StampModel | None = None
    repeats_within: Duration | None = None
    maps: Annotated[tuple[MapModel, ...], Field(min_length=1)]
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


class SourcesModel(RulesModel):
    """The file."""

    version: Any
    sources: dict[Name, SourceModel]
