"""rules/sources.yaml and rules/sources/*.yaml, compiled: what a channel is, without a line of code of its own."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from leadline_capture.core.documents import form_document, json_document
from leadline_capture.core.redirects import Redirect, is_page
from leadline_capture.core.signatures import PARTS, Scheme
from leadline_capture.core.sources import (
    Authentication,
    Decode,
    Expression,
    ItemMap,
    Source,
    SourceRules,
)
from leadline_capture.expressions import compiled
from leadline_capture.multipart import multipart_document
from leadline_capture.source_examples import check_examples
from leadline_capture.source_fields import Place, compile_consent, compile_field
from leadline_capture.source_models import BodyToken, Hmac, MapModel, Nobody, PublishableKey, SourceModel, SourcesModel
from leadline_runtime.rules import RulesError, parse
from leadline_schemas.payloads import ActivityPayload, LeadPayload

FILE: Final = "sources.yaml"
FOLDER: Final = "sources"
DECODERS: Final[Mapping[str, tuple[str, Decode]]] = {
    "json": ("application/json", json_document),
    "urlencoded": ("application/x-www-form-urlencoded", form_document),
    "multipart": ("multipart/form-data", multipart_document),
}


def all_sources(contents: Mapping[str, Any]) -> SourceRules:
    """The sources of all files about sources. Raises RulesError, also if two files declare the same one."""
    sources: dict[str, Source] = {}
    declared_in: dict[str, str] = {}
    for file, content in contents.items():
        if file != FILE and not file.startswith(f"{FOLDER}/"):
            continue
        for name, source in build_sources(content, file).sources.items():
            if name in declared_in:
                problem = f"is declared in {declared_in[name]} too; keep it in one of the two files"
                raise RulesError(file, f"sources.{name}", problem)
            sources[name], declared_in[name] = source, file
    return SourceRules(sources)


def build_sources(content: Any, file: str = FILE) -> SourceRules:
    """The sources of the file, each tried on its own examples. Raises RulesError with the path of what is wrong."""
    model = parse(SourcesModel, content, file)
    sources: dict[str, Source] = {}
    for name, declared in model.sources.items():
        place = Place(file, f"sources.{name}")
        sources[name] = compile_source(name, declared, place)
        check_examples(sources[name], declared.examples, place)
    return SourceRules(sources)


def compile_source(name: str, declared: SourceModel, place: Place) -> Source:
    """One source. Raises RulesError."""
    nobody = isinstance(declared.authenticate, Nobody | PublishableKey)
    if nobody and declared.trusted:
        raise place.at("trusted").wrong("a source that anyone may send to cannot be trusted; leave `trusted` out")
    return Source(
        name=name,
        channel=declared.channel,
        authentication=_authentication(declared, place.at("authenticate")),
        trusted=not nobody if declared.trusted is None else declared.trusted,
        decoders={DECODERS[kind][0]: DECODERS[kind][1] for kind in declared.accepts},
        maps=tuple(_map(one, place.at(f"maps[{n}]")) for n, one in enumerate(declared.maps)),
        own_id=_optional(declared.own_id, place.at("own_id")),
        test=_optional(declared.test, place.at("test")),
        zone=_zone(declared.zone, place.at("zone")),
        redirect=_redirect(declared, place.at("redirect.allow")),
    )


def _redirect(declared: SourceModel, place: Place) -> Redirect | None:
    if declared.redirect is None:
        return None
    for page in declared.redirect.allow:
        if not is_page(page):
            raise place.wrong(f"{page!r} is no whole address; give one such as https://www.example.com/thanks")
    return Redirect(declared.redirect.field, declared.redirect.allow)


def _authentication(declared: SourceModel, place: Place) -> Authentication:
    given = declared.authenticate
    if isinstance(given, BodyToken):
        return Authentication("body_token", given.secret, token=_expression(given.path, place.at("path")))
    if isinstance(given, Hmac):
        return Authentication("hmac", given.secret, scheme=_scheme(given, place))
    return Authentication(given.kind)


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
    )


def _map(declared: MapModel, place: Place) -> ItemMap:
    payload = ActivityPayload if declared.makes == "activity" else LeadPayload
    if declared.makes == "activity" and declared.consent:
        raise place.at("consent").wrong("belongs to leads; for an activity map the kind consent.granted or .withdrawn")
    return ItemMap(
        makes=declared.makes,
        items=_expression(declared.items, place.at("items")),
        when=_optional(declared.when, place.at("when")),
        let=tuple((name, _expression(text, place.at(f"let.{name}"))) for name, text in declared.let.items()),
        fields=tuple(
            compile_field(payload, path, field, place.at(f"fields.{path}")) for path, field in declared.fields.items()
        ),
        consent=tuple(compile_consent(one, place.at(f"consent[{n}]")) for n, one in enumerate(declared.consent)),
        test=_optional(declared.test, place.at("test")),
    )


def _expression(text: str, place: Place) -> Expression:
    try:
        return compiled(text)
    except ValueError as error:
        raise place.wrong(str(error)) from None


def _optional(text: str | None, place: Place) -> Expression | None:
    return None if text is None else _expression(text, place)


@cache
def _zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(name: str, place: Place) -> ZoneInfo:
    try:
        return _zone_named(name)
    except (ValueError, KeyError, OSError):
        raise place.wrong("is no time zone; give an IANA name such as Europe/Berlin") from None
