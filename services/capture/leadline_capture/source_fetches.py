"""How what is only pointed at is fetched, compiled from what a file about sources says."""

from collections.abc import Mapping

from leadline_capture.core.pointers import Fetch, Token
from leadline_capture.core.sources import Source
from leadline_capture.source_fetch_models import FetchModel
from leadline_capture.source_fields import Place
from leadline_runtime.core.url_templates import fault_of, named_parts
from leadline_runtime.rules import RulesError


def compile_fetch(makes: str, declared: FetchModel | None, parts: set[str], place: Place) -> Fetch | None:
    """How the pointers of one mapping are fetched. `parts`: what the mapping finds. Raises RulesError."""
    if (declared is None) == (makes == "pointer"):
        raise place.wrong("belongs to mappings that make a pointer, and each of those needs one")
    if declared is None:
        return None
    if "id" not in parts:
        raise place.wrong("needs the field id: what the vendor calls the object")
    if fault := fault_of(declared.url):
        raise place.at("url").wrong(fault)
    if missing := sorted(named_parts(declared.url) - parts):
        raise place.at("url").wrong(f"names {{{missing[0]}}}, which no field gives: add parts.{missing[0]}")
    token = declared.token
    return Fetch(
        url=declared.url,
        becomes=declared.becomes,
        token=Token(token.secret, token.place, token.name, token.prefix if token.place == "header" else "")
        if token
        else None,
        headers=tuple(declared.headers.items()),
    )


def check_fetched(sources: Mapping[str, Source], declared_in: Mapping[str, str]) -> None:
    """Every object that is fetched has a source that reads it. Raises RulesError."""
    for name, source in sources.items():
        for number, one in enumerate(source.maps):
            if one.fetch is None:
                continue
            reader = sources.get(one.fetch.becomes)
            if reader is None or not all(proof.kind == "fetched" for proof in reader.proofs):
                path = f"sources.{name}.maps[{number}].fetch.becomes"
                problem = f"needs a source {one.fetch.becomes} with authenticate {{kind: fetched}}"
                raise RulesError(declared_in[name], path, problem)
