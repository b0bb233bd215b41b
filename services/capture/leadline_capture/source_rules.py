"""rules/sources.yaml and rules/sources/*.yaml, compiled: what a channel is, without a line of code of its own."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from leadline_capture.core.documents import form_document, json_document
from leadline_capture.core.pointers import PointerPayload
from leadline_capture.core.redirects import Redirect, is_page
from leadline_capture.core.sources import Decode, ItemMap, Source, SourceRules
from leadline_capture.core.stamps import StampRule
from leadline_capture.core.surroundings import Expression
from leadline_capture.expressions import names_in
from leadline_capture.multipart import multipart_document
from leadline_capture.source_examples import check_examples
from leadline_capture.source_fetches import check_fetched, compile_fetch
from leadline_capture.source_fields import Place, check_outcome, compile_consent, compile_expression, compile_field
from leadline_capture.source_models import MapModel, SourceModel, SourcesModel
from leadline_capture.source_proofs import compile_addresses, compile_handshake, compile_proofs, is_trusted
from leadline_runtime.rules import RulesError, parse
from leadline_schemas.event import Model
from leadline_schemas.payloads import ActivityPayload, LeadPayload

_PAYLOADS: Final[Mapping[str, type[Model]]] = {
    "lead": LeadPayload, "activity": ActivityPayload, "outcome": ActivityPayload, "pointer": PointerPayload,
}  # fmt: skip
FILE: Final = "sources.yaml"
FOLDER: Final = "sources"
DECODERS: Final[Mapping[str, tuple[str, Decode]]] = {
    "json": ("application/json", json_document),
    "urlencoded": ("application/x-www-form-urlencoded", form_document),
    "multipart": ("multipart/form-data", multipart_document),
    "query": ("application/x-www-form-urlencoded", form_document),
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
    check_fetched(sources, declared_in)
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
    return Source(
        name=name,
        channel=declared.channel,
        proofs=compile_proofs(declared, place),
        trusted=is_trusted(declared),
        decoders={DECODERS[kind][0]: DECODERS[kind][1] for kind in declared.accepts},
        maps=tuple(_map(one, place.at(f"maps[{n}]")) for n, one in enumerate(declared.maps)),
        own_id=_optional(declared.own_id, place.at("own_id")),
        own_id_header=declared.own_id_header,
        test=_optional(declared.test, place.at("test")),
        zone=_zone(declared.zone, place.at("zone")),
        redirect=_redirect(declared, place.at("redirect.allow")),
        charset_field=declared.charset_field,
        stamp=StampRule(declared.stamp.field, declared.stamp.secret) if declared.stamp else None,
        repeats_within=_window(declared, place.at("repeats_within")),
        handshakes=tuple(
            compile_handshake(each, place.at(f"handshakes[{n}]")) for n, each in enumerate(declared.handshakes)
        ),
        addresses=compile_addresses(declared, place.at("addresses")),
        methods=frozenset("GET" if kind == "query" else "POST" for kind in declared.accepts),
    )


def _window(declared: SourceModel, place: Place) -> timedelta | None:
    if declared.repeats_within is not None and declared.repeats_within <= timedelta(0):
        raise place.wrong("must be longer than nothing; leave it out if each sending is one of its own")
    return declared.repeats_within


def _redirect(declared: SourceModel, place: Place) -> Redirect | None:
    if declared.redirect is None:
        return None
    for page in declared.redirect.allow:
        if not is_page(page):
            raise place.wrong(f"{page!r} is no whole address; give one such as https://www.example.com/thanks")
    return Redirect(declared.redirect.field, declared.redirect.allow)


def _map(declared: MapModel, place: Place) -> ItemMap:
    payload = _PAYLOADS[declared.makes]
    if declared.makes == "outcome":
        check_outcome(declared, place)
    if declared.makes != "lead" and declared.consent:
        raise place.at("consent").wrong("belongs to leads; for an activity map the kind consent.granted or .withdrawn")
    return ItemMap(
        makes="activity" if declared.makes == "outcome" else declared.makes,
        items=compile_expression(declared.items, place.at("items")),
        when=_optional(declared.when, place.at("when")),
        let=tuple((name, compile_expression(text, place.at(f"let.{name}"))) for name, text in declared.let.items()),
        fields=tuple(
            compile_field(payload, path, field, place.at(f"fields.{path}")) for path, field in declared.fields.items()
        ),
        consent=tuple(compile_consent(one, place.at(f"consent[{n}]")) for n, one in enumerate(declared.consent)),
        test=_optional(declared.test, place.at("test")),
        when_sees_let=declared.when is not None and not names_in(declared.when).isdisjoint(declared.let),
        own_id=_optional(declared.own_id, place.at("own_id")),
        fetch=compile_fetch(
            declared.makes, declared.fetch, {name.removeprefix("parts.") for name in declared.fields}, place.at("fetch")
        ),
    )


def _optional(text: str | None, place: Place) -> Expression | None:
    return None if text is None else compile_expression(text, place)


@cache
def _zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(name: str, place: Place) -> ZoneInfo:
    try:
        return _zone_named(name)
    except (ValueError, KeyError, OSError):
        raise place.wrong("is no time zone; give an IANA name such as Europe/Berlin") from None
