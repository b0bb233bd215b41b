"""Why a fact is what it is, in words: what it was read from, which value counts, why there is none."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from leadline_enrich.core.chain import Learned
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.links import Link
from leadline_enrich.core.write_policy import STATED
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Fact


class Row(NamedTuple):
    """A value as somebody says it. `counts_as`: the field of which it is the value that counts."""

    fact: str
    value: Any
    provider: str
    confidence: float | None
    counts_as: str | None
    written: str | None
    flags: tuple[str, ...]
    absent: str | None
    why: str


_STATEABLE: Final = ("country", "language", "employees", "industry")
_ABSENT: Final = {
    "no_email": "the lead gives no e-mail address",
    "no_company_domain": "neither address nor website names a company",
    "no_title": "the lead gives no title",
    "no_touch": "it is not known where the lead came from",
    "not_understood": "no word of the title is in titles.yaml or title_functions.yaml",
    "private_address": "the address is one inside of a company or of a loop",
    "not_found": "asked, and there is none",
    "not_readable": "is not what it should be",
    "not_asked": "nobody outside is asked here",
    "no_consent": "the provider is asked only with consent",
    "too_old": "what is known is too old to be used",
    "unknown": "nobody says it",
}
_FLAGS: Final = {
    "conflict": "another source names another country",
    "ip_only": "where the browser was places nobody who gave a number or an address",
    "disagreement": "more than one band away from what the form says",
    "stale": "too old to be used",
}


def rows_of(captured: LeadCaptured, learned: Learned, rules: EnrichRules) -> list[Row]:
    """What the lead states of what can also be found, then every fact in the order of the chain."""
    return [*_stated(captured, learned), *_facts(captured, learned, rules)]


def _stated(captured: LeadCaptured, learned: Learned) -> Iterator[Row]:
    for field in _STATEABLE:
        value = getattr(captured.lead, field)
        if value is not None:
            source = captured.sources.get(field, captured.lead.source)
            counts = field if learned.effective.sources.get(field) == STATED else None
            why = f"the lead's own word, by {source}" + ("" if counts else "; a provider stands above a form")
            yield Row(field, value, STATED, 1.0, counts, None, (), None, why)


def _facts(captured: LeadCaptured, learned: Learned, rules: EnrichRules) -> Iterator[Row]:
    told: set[str] = set()
    for link in rules.links:
        read = ", ".join(dict.fromkeys(_inputs(link, captured, learned)))
        own = set(link.writes) | (set(rules.fields.values()) if link.enrichment.asks == "providers" else set())
        for name in sorted(learned.facts):
            if name not in told and (name in own or name.rpartition(":")[0] in own):
                told.add(name)
                yield _row(name, learned.facts[name], _Read(link, read), learned)


class _Read(NamedTuple):
    """An enrichment, and what it was told that was not empty."""

    link: Link
    inputs: str


def _inputs(link: Link, captured: LeadCaptured, learned: Learned) -> Iterator[str]:
    for name in sorted(link.enrichment.reads, key=lambda each: (not each.startswith("lead."), each)):
        of, _, field = name.partition(".")
        if (of == "lead" and getattr(captured.lead, field)) or (of == "captured" and getattr(captured, field)):
            yield field
        elif not field and name in learned.facts and learned.facts[name].value is not None:
            yield name


def _row(name: str, fact: Fact, read: _Read, learned: Learned) -> Row:
    counts = _counts_as(name, fact, learned)
    if fact.absent:
        why = _why_absent(fact.absent, read.link)
        return Row(name, None, fact.provider, None, None, None, fact.flags, fact.absent, why)
    words = [f"by {read.inputs}", *(_FLAGS.get(flag, flag) for flag in fact.flags)]
    if fact.written == "refused":
        words.append("a provider of a better rank stands above it")
    return Row(
        name, fact.value, fact.provider, fact.confidence, counts, fact.written, fact.flags, None, "; ".join(words)
    )


def _why_absent(reason: str, link: Link) -> str:
    if reason == "consent":
        return f"{link.needs_consent} was refused"
    return _ABSENT.get(reason, f"{reason}: asked again later")


def _counts_as(name: str, fact: Fact, learned: Learned) -> str | None:
    """Of which field this is the value in force: of the country for country:phone, if the number decides."""
    if fact.value is None or fact.written == "refused":
        return None
    field, _, source = name.partition(":")
    effective = learned.effective
    if source:
        return field if effective.sources.get(field) == source else None
    if field in effective.sources:
        return field if effective.sources[field] == fact.provider else None
    return field if getattr(effective, field, None) == fact.value else None
