"""A request to a source: which source, what came with the address, and what kind of body is declared."""

from collections.abc import Mapping
from typing import Final

from leadline_capture.core.documents import FORM, media_type
from leadline_capture.core.sources import Source
from leadline_capture.edge.auth import one_header
from leadline_capture.edge.door import Call
from leadline_capture.edge.problem import Problem
from leadline_runtime.core.values import dataclass

PREFIX: Final = "/v1/sources/"


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """`segment`: a secret in the path. `query`: all parameters, of a repeated one the first. `seen`: those that are no
    secrets."""

    source: Source
    method: str
    content_type: str
    query: Mapping[str, str]
    seen: dict[str, str]
    segment: str | None = None


def source_request(call: Call) -> SourceRequest:
    """The request, looked at from outside. Raises Problem: 404, 405, 415."""
    name, slash, rest = call.request.path.removeprefix(PREFIX).partition("/")
    source = call.door.sources().sources.get(name)
    by_path = source is not None and any(p.kind == "secret_url" and p.parameter is None for p in source.proofs)
    if source is None or (slash and not by_path):
        raise Problem(404, "unknown_source", "there is no such source; rules/sources/ declares them")
    call.source = name
    return request_to(call, source, rest if slash else None)


def request_to(call: Call, source: Source, segment: str | None = None) -> SourceRequest:
    """The request as one to `source`. Raises Problem 415 for a type of body that it does not send."""
    given = call.request.query
    query = {each: given[each] for each in given}
    return SourceRequest(
        source=source,
        method=call.request.method,
        content_type=_content_type(call, source),
        query=query,
        seen={each: value for each, value in query.items() if each not in source.hidden},
        segment=segment,
    )


def _content_type(call: Call, source: Source) -> str:
    """The declared type; without one the source's first. Raises Problem 415 for one that it does not send."""
    if call.request.method == "GET":
        return FORM
    declared = one_header(call.request, "Content-Type")
    kinds = tuple(source.decoders)
    if not declared:
        return kinds[0]
    if media_type(declared) not in kinds:
        raise Problem(415, "unsupported_media_type", f"{source.name} sends {' or '.join(kinds)}")
    return declared
