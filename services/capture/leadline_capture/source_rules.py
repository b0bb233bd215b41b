"""rules/sources.yaml and rules/sources/*.yaml, compiled: what a channel is, without a line of code of its own."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache, partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from leadline_capture.core.documents import form_document, json_document
from leadline_capture.core.redirects import Redirect, is_page
from leadline_capture.core.sources import Decode, Source, SourceRules
from leadline_capture.core.stamps import StampRule
from leadline_capture.mail import mail_document
from leadline_capture.multipart import multipart_document
from leadline_capture.source_examples import check_examples
from leadline_capture.source_fetches import check_fetched
from leadline_capture.source_fields import Place
from leadline_capture.source_maps import compile_map, compile_optional
from leadline_capture.source_models import SourceModel, SourcesModel
from leadline_capture.source_proofs import compile_addresses, compile_handshake, compile_proofs, is_trusted
from leadline_runtime.rules import RulesError, parse
from leadline_runtime.rules_faults import Faults

FILE: Final = "sources.yaml"
FOLDER: Final = "sources"
DECODERS: Final[Mapping[str, tuple[str, Decode]]] = {
    "json": ("application/json", json_document),
    "urlencoded": ("application/x-www-form-urlencoded", form_document),
    "multipart": ("multipart/form-data", multipart_document),
    "mail": ("message/rfc822", mail_document),
    "query": ("application/x-www-form-urlencoded", form_document),
}


def all_sources(contents: Mapping[str, Any]) -> SourceRules:
    """The sources of all files about sources. Raises RulesError, also if two files declare the same one."""
    sources: dict[str, Source] = {}
    declared_in: dict[str, str] = {}
    faults = Faults()
    for file, content in contents.items():
        if file != FILE and not file.startswith(f"{FOLDER}/"):
            continue
        for name, source in faults.take(partial(build_sources, content, file), SourceRules({})).sources.items():
            if name in declared_in:
                problem = f"is declared in {declared_in[name]} too; keep it in one of the two files"
                faults.found.append(RulesError(file, f"sources.{name}", problem))
            sources[name], declared_in[name] = source, file
    faults.check()
    check_fetched(sources, declared_in)
    return SourceRules(sources)


def build_sources(content: Any, file: str = FILE) -> SourceRules:
    """The sources of the file, each tried on its own examples. Raises RulesError that names all that is wrong."""
    model = parse(SourcesModel, content, file)
    sources: dict[str, Source] = {}
    faults = Faults()
    for name, declared in model.sources.items():
        place, before = Place(file, f"sources.{name}"), len(faults.found)
        sources[name] = compile_source(name, declared, place, faults)
        if len(faults.found) == before:
            check_examples(sources[name], declared.examples, place, faults)
    faults.check()
    return SourceRules(sources)


def compile_source(name: str, declared: SourceModel, place: Place, faults: Faults) -> Source:
    """One source; what is wrong goes to `faults`."""
    take = faults.take
    handshakes = [
        take(partial(compile_handshake, each, place.at(f"handshakes[{n}]")), None)
        for n, each in enumerate(declared.handshakes)
    ]
    return Source(
        name=name,
        channel=declared.channel,
        proofs=take(lambda: compile_proofs(declared, place), ()),
        trusted=is_trusted(declared),
        decoders={DECODERS[kind][0]: DECODERS[kind][1] for kind in declared.accepts},
        maps=tuple(compile_map(one, place.at(f"maps[{n}]"), faults) for n, one in enumerate(declared.maps)),
        own_id=take(lambda: compile_optional(declared.own_id, place.at("own_id")), None),
        own_id_header=declared.own_id_header,
        charset_field=declared.charset_field,
        test=take(lambda: compile_optional(declared.test, place.at("test")), None),
        zone=take(lambda: _zone(declared.zone, place.at("zone")), _zone_named("UTC")),
        redirect=take(lambda: _redirect(declared, place.at("redirect.allow")), None),
        stamp=StampRule(declared.stamp.field, declared.stamp.secret) if declared.stamp else None,
        repeats_within=take(lambda: _window(declared, place.at("repeats_within")), None),
        handshakes=tuple(each for each in handshakes if each is not None),
        addresses=take(lambda: compile_addresses(declared, place.at("addresses")), ()),
        answer=declared.answer,
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


@cache
def _zone_named(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _zone(name: str, place: Place) -> ZoneInfo:
    try:
        return _zone_named(name)
    except (ValueError, KeyError, OSError):
        raise place.wrong("is no time zone; give an IANA name such as Europe/Berlin") from None
