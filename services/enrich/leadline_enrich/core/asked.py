"""Enrichments that somebody was asked for: the firmographic table and the table of accounts."""

from collections.abc import Mapping
from typing import Literal

from leadline_enrich.core.account import account_of
from leadline_enrich.core.answers import Answer
from leadline_enrich.core.sight import Sight
from leadline_enrich.core.write_policy import Claim, is_fresh, newest_per_provider, standing
from leadline_schemas.enriched import Fact

# The fact that each field of a firmographic answer becomes. A company's seat is one source of the lead's country.
FIELDS: Mapping[str, str] = {"employees": "employees", "industry": "industry", "country": "country:company_seat"}


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
    return {"account": Fact(provider="accounts", at=answer.stated_at or sight.now, value=found.domain)}


def _field(sight: Sight, field: str, name: str) -> dict[str, Fact]:
    policy = sight.rules.policy
    earlier = {f.provider: f for f in _earlier(sight, name)}
    claims = newest_per_provider([*map(_claim, earlier.values()), *_claims(sight, field)])
    stands = standing(claims, sight.now, policy)
    if stands is None:
        provider = min(policy.ranks, key=policy.ranks.__getitem__)
        return {name: sight.absent(name, provider, _reason(sight.answer(provider)))}
    facts: dict[str, Fact] = {}
    for claim in claims:
        flags = () if is_fresh(claim, sight.now, policy) else ("stale",)
        said = Fact(provider=claim.provider, at=claim.at, value=claim.value, written="refused", flags=flags)
        if claim is stands:
            facts[name] = said.model_copy(update={"written": _written(claim, earlier.get(claim.provider))})
        else:
            facts[f"{name}:{claim.provider}"] = said
    return facts


def _reason(answer: Answer) -> str:
    return "not_found" if answer.status == "found" else answer.status


def _earlier(sight: Sight, name: str) -> list[Fact]:
    names = [name, *(f"{name}:{provider}" for provider in sight.rules.policy.ranks)]
    return [fact for each in names if (fact := sight.earlier.get(each)) and fact.value is not None]


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
