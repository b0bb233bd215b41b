"""Enrichments that somebody was asked for: the firmographic table and the table of accounts."""

from collections.abc import Mapping
from typing import Literal

from leadline_enrich.core.account import account_of
from leadline_enrich.core.answers import Answer
from leadline_enrich.core.sight import Sight, fact_of
from leadline_enrich.core.write_policy import Claim, best, is_fresh, newest_per_provider
from leadline_schemas.enriched import Fact

# The fact that each field of a firmographic answer becomes. A company's seat is one source of the lead's country.
SEAT = "country:company_seat"
FIELDS: Mapping[str, str] = {"employees": "employees", "industry": "industry", "country": SEAT}


def firmographics(sight: Sight) -> Mapping[str, Fact]:
    """Size, industry and seat of the company, by the providers that the rules rank."""
    facts: dict[str, Fact] = {}
    for field, name in FIELDS.items():
        facts |= _field(sight, field, name)
    return facts


def account(sight: Sight) -> Mapping[str, Fact]:
    """`account`: the domain of the account that the lead belongs to."""
    answer = sight.answer("accounts")
    found = account_of(sight.company.domain if sight.company else None, answer, sight.earlier_account)
    if found is None:
        return {"account": sight.absent("account", "accounts", answer.status)}
    before = sight.earlier.get("account")
    if before is not None and before.value == found.domain:
        return {"account": before}
    return {"account": fact_of(provider="accounts", at=answer.stated_at or sight.now, value=found.domain)}


def _field(sight: Sight, field: str, name: str) -> dict[str, Fact]:
    policy = sight.rules.policy
    earlier = _earlier(sight, name)
    claims = newest_per_provider([*map(_claim, earlier.values()), *_claims(sight, field)])
    stands = best(claims, sight.now, policy)
    if stands is None:
        if name == SEAT:
            return {}  # a hint that is not there is nothing to tell
        provider = min(policy.ranks, key=policy.ranks.__getitem__)
        return {name: sight.absent(name, provider, _reason(sight.answer(provider)))}
    return {
        name if claim is stands else f"{name}:{claim.provider}": fact_of(
            provider=claim.provider,
            at=claim.at,
            value=claim.value,
            written=_written(claim, earlier.get(claim.provider)) if claim is stands else "refused",
            flags=() if is_fresh(claim, sight.now, policy) else ("stale",),
        )
        for claim in claims
    }


def _reason(answer: Answer) -> str:
    return "not_found" if answer.status == "found" else answer.status


def _earlier(sight: Sight, name: str) -> dict[str, Fact]:
    if not sight.earlier:
        return {}
    names = [name, *(f"{name}:{provider}" for provider in sight.rules.policy.ranks)]
    facts = [sight.earlier[each] for each in names if each in sight.earlier]
    return {fact.provider: fact for fact in facts if fact.value is not None}


def _claim(fact: Fact) -> Claim:
    return Claim(fact.provider, fact.value, fact.at)


def _claims(sight: Sight, field: str) -> list[Claim]:
    claims = []
    for provider in sight.rules.policy.ranks:
        answer = sight.answer(provider)
        if answer.values.get(field) is not None:
            claims.append(Claim(provider, answer.values[field], answer.stated_at or sight.now))
    return claims


def _written(claim: Claim, before: Fact | None) -> Literal["filled", "refreshed"]:
    if before is None:
        return "filled"
    if (before.value, before.at) != (claim.value, claim.at):
        return "refreshed"
    return "filled" if before.written == "refused" else before.written
