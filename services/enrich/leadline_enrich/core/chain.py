"""The chain: enrichments in the order of the rules, each building on what the ones before it found."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from leadline_enrich.core import asked, derived
from leadline_enrich.core.account import account_of
from leadline_enrich.core.completeness import is_complete
from leadline_enrich.core.effective import effective
from leadline_enrich.core.sight import Sight
from leadline_runtime.core.values import dataclass
from leadline_schemas.enriched import Account, Effective, Fact

Enrichment = Callable[[Sight], Mapping[str, Fact]]

ENRICHMENTS: Mapping[str, Enrichment] = {
    "domain_class": derived.classify_domain,
    "company_domain": derived.name_company_domain,
    "phone_country": derived.country_of_phone,
    "email_country": derived.country_of_email,
    "firmographics": asked.firmographics,
    "account": asked.account,
    "language": derived.guess_language,
}
# What must stand before an enrichment because it looks at it.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "company_domain": ("domain_class",),
    "firmographics": ("company_domain",),
    "account": ("company_domain",),
    "language": ("phone_country", "email_country", "firmographics"),
}
# The one that accounts come from.
ACCOUNT_PROVIDER = "accounts"


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known of a lead after the chain."""

    facts: dict[str, Fact]
    account: Account | None
    effective: Effective
    complete: bool


def learn(sight: Sight) -> Learned:
    """Run the chain. Pure: the same sight always gives the same knowledge."""
    for name in sight.rules.chain:
        sight.found.update(ENRICHMENTS[name](sight))
    values, facts = effective(sight, sight.found)
    domain = sight.company.domain if sight.company else None
    accounts = "account" in sight.rules.chain
    return Learned(
        facts=facts,
        account=account_of(domain, sight.answer(ACCOUNT_PROVIDER), sight.earlier_account) if accounts else None,
        effective=values,
        complete=is_complete(map(sight.answer, _asked(sight.rules.chain, sight.rules.policy.ranks))),
    )


def _asked(chain: Sequence[str], ranks: Iterable[str]) -> list[str]:
    return [
        *(ranks if "firmographics" in chain else ()),
        *((ACCOUNT_PROVIDER,) if "account" in chain else ()),
    ]


def fault_of_order(chain: Sequence[str]) -> str | None:
    """What is wrong with an order of enrichments; None if it can be run."""
    for name in chain:
        if name not in ENRICHMENTS:
            return f"{name!r} is no enrichment; known: {', '.join(ENRICHMENTS)}"
        if chain.count(name) > 1:
            return f"{name} stands twice"
    for place, name in enumerate(chain):
        missing = [need for need in NEEDS.get(name, ()) if need in chain[place:]]
        if missing:
            return f"{name} must stand after {' and '.join(missing)}, because it looks at what they find"
    return None
