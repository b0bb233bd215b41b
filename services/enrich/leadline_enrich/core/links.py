"""The links of the chain: what each enrichment reads and writes, as its code does, and as the rules file tells it."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from leadline_runtime.core.values import dataclass
from leadline_schemas.enriched import Fact
from leadline_schemas.vocabulary import ConsentPurpose

if TYPE_CHECKING:  # a sight holds the rules, which hold the links
    from leadline_enrich.core.sight import Sight

Write = Literal["fill", "refresh", "never"]
ANY = "any"  # the one way in which most enrichments know what they say


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What the code of an enrichment does.

    run: the facts it finds. reads: `lead.` and a field, `captured.` and a part, or the name of an earlier fact.
    writes: facts, each with the policies that can be kept: `fill` counts where nobody stated a value, `refresh` above
    what a form states, `never` counts for nothing. asks: who is asked for it. ways: how it can know, each of which has
    a confidence. provider: who says that it may not be known.
    """

    run: Callable[["Sight"], Mapping[str, Fact]]
    reads: frozenset[str]
    writes: Mapping[str, frozenset[Write]]
    provider: str
    asks: str | None = None
    ways: tuple[str, ...] = (ANY,)


@dataclass(frozen=True, slots=True)
class Link:
    """An enrichment as the rules want it: under which consent, and how sure each of its ways is (0 to 1)."""

    name: str
    enrichment: Enrichment
    writes: Mapping[str, Write]
    needs_consent: ConsentPurpose | None
    confidence: Mapping[str, float]


def reads_of(*names: str) -> frozenset[str]:
    """What an enrichment reads."""
    return frozenset(names)


def writes_of(names: Iterable[str], *policies: Write) -> dict[str, frozenset[Write]]:
    """Facts with the policies that each can be written under."""
    return {name: frozenset((*policies, "never")) for name in names}
