"""Submissions that are kept apart: robots, listed domains, tests (rules B1.11). Nothing is dropped silently."""

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class SpamRules:
    """Domains nobody wants leads from; a listed domain covers those below it."""

    domains: frozenset[str]


def spam_reason(honeypot: str | None, domain: str | None, rules: SpamRules) -> str | None:
    """Why a submission is spam: `spam_honeypot`, `spam_domain`, or None. `domain`: that of the e-mail address."""
    if honeypot and honeypot.strip():
        return "spam_honeypot"
    while domain:
        if domain in rules.domains:
            return "spam_domain"
        domain = domain.partition(".")[2]
    return None
