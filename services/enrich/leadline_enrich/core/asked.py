"""Enrichments that somebody was asked for: what providers say of a company, and the table of accounts."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from leadline_enrich.core.account import account_of
from leadline_enrich.core.answers import REASONS, Answer
from leadline_enrich.core.sight import Sight, fact_of
from leadline_enrich.core.write_policy import Claim, best, is_fresh, newest_per_provider
from leadline_schemas.enriched import Fact

# A company's seat is one source of the lead's country. Every other field of an answer becomes the fact of its name.
SEAT = "country:company_seat"
FACT_OF: Mapping[str, str] = {"country": SEAT}
Answers = Sequence[tuple[str, Answer]]  # of the providers that say anything, by their names
SILENCE: Final = frozenset((*REASONS, "unavailable"))


def firmographics(sight: Sight) -> Mapping[str, Fact]:
    """Size, industry, seat and whatever else of the company, by the providers that the rules rank."""
    facts: dict[str, Fact] = {}
    answers = [(provider, answer) for provider in sight.rules.policy.ranks if (answer := sight.answer(provider)).values]
    for field, name in sight.rules.fields.items():
        _field(sight, field, name, answers, facts)
    return facts


def account(sight: Sight) -> Mapping[str, Fact]:
    """`account`: the domain of the account that the lead belongs to."""
    answer = sight.answer("accounts")
    found = account_of(sight.domain, answer, sight.earlier_account)
    if found is None:
        return {"account": sight.absent("account", "accounts", answer.status)}
    before = sight.earlier.get("account")
    if before is not None and before.value == found.domain:
        return {"account": before}
    return {"account": fact_of(provider="accounts", at=answer.stated_at or sight.now, value=found.domain)}


def _field(sight: Sight, field: str, name: str, answers: Answers, facts: dict[str, Fact]) -> None:
    earlier = _earlier(sight, name) if sight.earlier else {}
    said = _claims(sight, field, answers)
    claims = newest_per_provider([*map(_claim, earlier.values()), *said] if earlier else said)
    stands = best(claims, sight.now, sight.rules.policy)
    if stands is None:
        if name != SEAT:  # a hint that is not there is nothing to tell
            facts[name] = _absent(sight, field, name)
        return
    for claim in claims:
        if claim is stands:
            facts[name] = _fact(claim, _written(claim, earlier.get(claim.provider)), sight)
        else:
            facts[f"{name}:{claim.provider}"] = _fact(claim, "refused", sight)


def _fact(claim: Claim, written: Literal["filled", "refreshed", "refused"], sight: Sight) -> Fact:
    return fact_of(
        provider=claim.provider,
        at=claim.at,
        value=claim.value,
        confidence=claim.confidence,
        written=written,
        flags=() if is_fresh(claim, sight.now, sight.rules.policy) else ("stale",),
    )


def _absent(sight: Sight, field: str, name: str) -> Fact:
    """Why nobody says anything: who of those that could is silent, else what the most believed one answered."""
    asked = [(one.name, sight.answer(one.name)) for one in sight.rules.providers if field in one.fields]
    provider, answer = next((each for each in asked if each[1].status == "unavailable"), asked[0])
    reason = _reason(answer)
    before = sight.earlier.get(name)
    # One silence is as good as another: that it has a new reason is nothing to tell a lead's readers anew.
    if before is not None and before.absent in SILENCE and reason in SILENCE:
        return before
    return sight.absent(name, provider, reason)


def _reason(answer: Answer) -> str:
    return "not_found" if answer.status == "found" else answer.reason or answer.status


def _earlier(sight: Sight, name: str) -> dict[str, Fact]:
    names = [name, *(f"{name}:{provider}" for provider in sight.rules.policy.ranks)]
    facts = [sight.earlier[each] for each in names if each in sight.earlier]
    return {fact.provider: fact for fact in facts if fact.value is not None}


def _claim(fact: Fact) -> Claim:
    return Claim(fact.provider, fact.value, fact.at, fact.confidence)


def _claims(sight: Sight, field: str, answers: Answers) -> list[Claim]:
    claims = []
    for provider, answer in answers:
        value = answer.values.get(field)
        if value is not None:
            at = answer.at(field) or sight.now
            claims.append(Claim(provider, value, at, answer.confidence.get(field, 1.0)))
    return claims


def _written(claim: Claim, before: Fact | None) -> Literal["filled", "refreshed"]:
    if before is None:
        return "filled"
    if (before.value, before.at) != (claim.value, claim.at):
        return "refreshed"
    return "filled" if before.written == "refused" else before.written
