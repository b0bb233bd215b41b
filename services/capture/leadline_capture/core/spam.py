"""Submissions that are kept apart: robots, listed domains, tests (rules B1.11). Nothing is dropped silently."""

from datetime import datetime, timedelta
from typing import Final

from leadline_runtime.core.values import dataclass

SPAM_REASONS: Final = ("spam_honeypot", "spam_not_signed", "spam_old_stamp", "spam_too_fast", "spam_domain")
# Why a submission is kept apart: all reasons there are.
QUARANTINE_REASONS: Final = ("test", "no_contact", *SPAM_REASONS)


@dataclass(frozen=True, slots=True)
class SpamRules:
    """`domains`: nobody wants leads from these and those below them; `fastest_form`: no person fills one in faster;
    `oldest_stamp`: a signed time of showing that is older was taken from somewhere."""

    domains: frozenset[str]
    fastest_form: timedelta
    oldest_stamp: timedelta


@dataclass(frozen=True, slots=True)
class Filled:
    """How a form was filled in. `honeypot`: what stood in the field people do not see; `shown_at`: when the page was
    made or shown; `took`: by the page's own clock; `signed`: whether `shown_at` bears our page's signature, None if
    its source signs nothing."""

    honeypot: str | None = None
    shown_at: datetime | None = None
    took: timedelta | None = None
    signed: bool | None = None


def spam_reason(filled: Filled, domain: str | None, received_at: datetime, rules: SpamRules) -> str | None:
    """Why a submission is spam, None if it is not. `domain`: that of the e-mail address."""
    if filled.honeypot and filled.honeypot.strip():
        return "spam_honeypot"
    return _by_time(filled, received_at, rules) or _by_domain(domain, rules)


def _by_time(filled: Filled, received_at: datetime, rules: SpamRules) -> str | None:
    if filled.signed is False:
        return "spam_not_signed"
    age = received_at - filled.shown_at if filled.shown_at is not None else None
    if filled.signed and age is not None and age > rules.oldest_stamp:
        return "spam_old_stamp"
    # The page's own measure knows no wrong clocks; a signature is worth more, since nobody can write it himself.
    took = age if filled.signed or filled.took is None else filled.took
    # Less than nothing: the clock of the page is ahead of ours, and tells nothing.
    return "spam_too_fast" if took is not None and timedelta(0) <= took < rules.fastest_form else None


def _by_domain(domain: str | None, rules: SpamRules) -> str | None:
    while domain:
        if domain in rules.domains:
            return "spam_domain"
        domain = domain.partition(".")[2]
    return None
