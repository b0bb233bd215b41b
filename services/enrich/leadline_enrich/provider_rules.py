"""`providers:` of `rules/enrichment.yaml`: who is asked about a company, in what order, and how."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from leadline_enrich.core.asked import FACT_OF
from leadline_enrich.core.chain import ACCOUNT_PROVIDER, ENRICHMENTS
from leadline_enrich.core.enrich_rules import ProviderRules
from leadline_enrich.core.questions import INPUTS
from leadline_enrich.core.rows import Column, Reading, mapped
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_runtime.core.matchers import Place, closest
from leadline_runtime.rules import RulesError, RulesModel
from leadline_schemas.vocabulary import ConsentPurpose

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# How cells become the values that the rest of the pipeline reads; any other field is text unless its column says more.
READINGS: dict[str, Reading] = {"employees": "whole_number", "industry": "lower", "country": "country"}
# Facts of the chain's own enrichments: a provider that could write them would be taken for the chain.
RESERVED = frozenset(fact for each in ENRICHMENTS.values() if each.asks != "providers" for fact in each.writes)
# Who else says a value: a provider of this name could not be told from the lead's own statement.
_OF_THE_CHAIN = (each.provider for each in ENRICHMENTS.values() if each.asks != "providers")
TAKEN = frozenset({"stated", "website", "country", ACCOUNT_PROVIDER, *_OF_THE_CHAIN})


class ColumnRules(RulesModel):
    """A column and how its cells are read: text, lower, whole_number, number, country or truth."""

    column: Annotated[str, Field(min_length=1)]
    reading: Annotated[Reading | None, Field(alias="as")] = None
    optional: bool = False


class AskedRules(RulesModel):
    """What holds for every provider. A smaller rank is more believed.

    write: `refresh` stands above what a form states, `fill` below it; nobody stands above a person of ours.
    consent: asked only about leads that consented to this purpose. budget_ms: how long a batch waits for it at most.
    """

    name: Name
    rank: Annotated[int, Field(ge=1)]
    write: Literal["refresh", "fill"] = "refresh"
    consent: ConsentPurpose | None = None


class TableRules(AskedRules):
    """A table by domain, CSV or Parquet by the name of its file, read again when it changes.

    file: relative to LEADLINE_TABLES_DIR; none: LEADLINE_FIRMOGRAPHICS_FILE.
    """

    kind: Literal["table"]
    file: Annotated[str | None, Field(pattern=r"\.(csv|parquet)$")] = None
    key: Annotated[str, Field(min_length=1)] = "domain"
    confidence: Annotated[float, Field(ge=0, le=1)] = 1.0
    facts: Annotated[dict[Name, str | ColumnRules], Field(min_length=1)]


class HttpRules(AskedRules):
    """A vendor over HTTP: what it is asked and how it is read stands in a file of rules/providers/, under this name."""

    kind: Literal["http"]


ProviderFile = Annotated[TableRules | HttpRules, Field(discriminator="kind")]


def compiled(
    file: str, providers: Sequence[ProviderFile], budget: timedelta, vendors: Mapping[str, VendorRules]
) -> tuple[ProviderRules, ...]:
    """The providers by rank. Raises RulesError for a name or rank that is doubtful."""
    for place, one in enumerate(providers):
        _check(one, Place(file, f"providers.{place}"), vendors)
    if len({p.rank for p in providers}) != len(providers) or len({p.name for p in providers}) != len(providers):
        raise RulesError(file, "providers", "two have the same rank or name; who is believed must be plain")
    ranked = sorted(providers, key=lambda p: p.rank)
    return tuple(
        _table(one, budget) if isinstance(one, TableRules) else _vendor(one, vendors[one.name], budget)
        for one in ranked
    )


def _check(one: ProviderFile, place: Place, vendors: Mapping[str, VendorRules]) -> None:
    if one.name in TAKEN:
        raise place.at("name").error(f"{one.name!r} means something else; choose another name")
    if isinstance(one, HttpRules):
        if one.name not in vendors:
            raise place.at("name").error(f"{one.name!r} is in no file of rules/providers/; {_known(one.name, vendors)}")
        fields = vendors[one.name].fields
    else:
        if one.file is None and one.name != "firmographics":
            raise place.at("file").error("is missing; name a file in LEADLINE_TABLES_DIR")
        fields = frozenset(one.facts)
    for fact in sorted(RESERVED & fields):
        raise place.error(f"gives {fact}, which the chain finds by itself; leave it out")


def _known(name: str, vendors: Mapping[str, VendorRules]) -> str:
    return closest(name, frozenset(vendors)) if vendors else "there is none yet"


def _table(one: TableRules, budget: timedelta) -> ProviderRules:
    digest = hashlib.sha256(one.model_dump_json(exclude={"rank", "write", "consent"}).encode()).hexdigest()[:16]
    columns = {fact: _column(fact, said) for fact, said in one.facts.items()}
    return ProviderRules(
        name=one.name,
        digest=digest,
        budget=budget,
        fields=frozenset(one.facts),
        consent=one.consent,
        table=mapped(one.name, columns, one.key, one.confidence),
        file=one.file,
    )


def _vendor(one: HttpRules, vendor: VendorRules, budget: timedelta) -> ProviderRules:
    return ProviderRules(
        name=one.name,
        digest=vendor.digest,
        budget=budget,
        fields=vendor.fields,
        inputs=tuple(name for name in INPUTS if name in vendor.inputs | {"domain"}),
        consent=one.consent,
        http=vendor,
    )


def _column(fact: str, said: str | ColumnRules) -> Column:
    given = ColumnRules(column=said) if isinstance(said, str) else said
    return Column(given.column, given.reading or READINGS.get(fact, "text"), given.optional)


def fields_of(providers: Iterable[ProviderRules]) -> dict[str, str]:
    """Every field that somebody is asked for, and the fact it becomes; those that scores look at come first."""
    asked = {field for one in providers for field in one.fields}
    known = [field for field in READINGS if field in asked]
    return {field: FACT_OF.get(field, field) for field in (*known, *sorted(asked - set(known)))}
