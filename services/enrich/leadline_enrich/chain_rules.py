"""The `chain:` of `rules/enrichment.yaml`: documentation that cannot lie, because it is held to what the code does."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from leadline_enrich.core.chain import ENRICHMENTS
from leadline_enrich.core.links import ANY, Enrichment, Link, Write
from leadline_runtime.core.matchers import closest
from leadline_runtime.rules import RulesError, RulesModel
from leadline_schemas.vocabulary import ConsentPurpose

Share = Annotated[float, Field(gt=0, le=1)]


class LinkFile(RulesModel):
    """One enrichment of the chain.

    because: what it is for, and why it stands where it stands. reads: fields of the lead (`lead.title`) or of the
    captured event, and facts of enrichments before it. writes: its facts, and how each may be written. asks: who is
    asked. needs_consent: the purpose under which it falls: who refused that gets `absent(consent)`. confidence: how
    sure what it finds is, one number or one for each way in which it knows; of what is asked for, the answer says.
    """

    enrich: str
    because: Annotated[str, Field(min_length=10)]
    reads: tuple[str, ...]
    writes: Annotated[dict[str, Write], Field(min_length=1)]
    asks: str | None = None
    needs_consent: ConsentPurpose | None
    confidence: Share | dict[str, Share] | None = None


def compile_chain(file: str, chain: Sequence[LinkFile]) -> tuple[Link, ...]:
    """The links in their order. Raises RulesError for what the code does otherwise, or for an order that breaks it."""
    links = tuple(_link(each, _Place(file, f"chain.{place}")) for place, each in enumerate(chain))
    _check_order(file, links)
    return links


class _Place:
    def __init__(self, file: str, path: str) -> None:
        self.file, self.path = file, path

    def wrong(self, key: str, problem: str) -> RulesError:
        return RulesError(self.file, f"{self.path}.{key}", problem)


def _link(said: LinkFile, place: _Place) -> Link:
    name = said.enrich
    code = ENRICHMENTS.get(name)
    if code is None:
        known = closest(name, frozenset(ENRICHMENTS))
        raise place.wrong("enrich", f"{name!r} is no enrichment; {known}")
    _same(place, "reads", said.reads, code.reads, name)
    _same(place, "writes", said.writes, frozenset(code.writes), name)
    if said.asks != code.asks:
        raise place.wrong("asks", f"{name} asks {code.asks or 'nobody'}; say that, or leave it out")
    for fact, write in said.writes.items():
        if write not in code.writes[fact]:
            can = ", ".join(sorted(code.writes[fact]))
            raise place.wrong(f"writes.{fact}", f"{name} cannot keep {write}; it can {can}")
    return Link(name, code, said.writes, said.needs_consent, _confidence(said, code, place))


def _same(place: _Place, key: str, said: Sequence[str] | Mapping[str, object], does: frozenset[str], name: str) -> None:
    missing, surplus = sorted(does - set(said)), sorted(set(said) - does)
    if missing:
        raise place.wrong(key, f"{name} also {key} {', '.join(missing)}")
    if surplus:
        raise place.wrong(key, f"{name} never {key} {', '.join(surplus)}")


def _confidence(said: LinkFile, code: Enrichment, place: _Place) -> dict[str, float]:
    given = said.confidence
    found = {} if given is None else given if isinstance(given, dict) else {ANY: given}
    if set(found) != set(code.ways):
        needed = "no number: the answer says" if not code.ways else "one number"
        if code.ways not in ((), (ANY,)):
            needed = f"a number for each of {', '.join(code.ways)}"
        raise place.wrong("confidence", f"{said.enrich} needs {needed}")
    return found


def _check_order(file: str, links: Sequence[Link]) -> None:
    writers = dict(_writers(file, links))
    for place, link in enumerate(links):
        late = sorted({links[writers[fact]].name for fact in link.enrichment.reads if writers.get(fact, -1) > place})
        if late:
            problem = f"{link.name} must stand after {' and '.join(late)}, because it reads what they write"
            raise RulesError(file, f"chain.{place}", problem)


def _writers(file: str, links: Sequence[Link]) -> Iterator[tuple[str, int]]:
    """Which fact is written where in the chain."""
    seen: set[str] = set()
    for place, link in enumerate(links):
        if link.name in seen:
            raise RulesError(file, f"chain.{place}.enrich", f"{link.name} stands twice")
        seen.add(link.name)
        yield from ((fact, place) for fact in link.writes)
