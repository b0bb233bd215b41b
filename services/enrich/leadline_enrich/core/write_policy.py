"""Which value counts, between what was stated and what providers say (rules B2). No order of arrival matters."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from leadline_runtime.core.values import dataclass

STATED = "stated"


class Claim(NamedTuple):
    """A value, who says it, when it was true, and how sure its provider is (0 to 1)."""

    provider: str
    value: Any
    at: datetime
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Policy:
    """Ranks of the providers (a smaller number is more believed), and how long a value is used.

    `fillers` are providers that only fill gaps: what anybody stated stands above them.
    """

    ranks: Mapping[str, int]
    max_age: timedelta
    fillers: frozenset[str] = frozenset()


class Choice(NamedTuple):
    """The value that counts, who said it, what is odd about it, and whether only a value too old to use is known."""

    value: Any = None
    source: str | None = None
    flags: tuple[str, ...] = ()
    stale: bool = False


def newest_per_provider(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """What each provider says now: a provider refreshes only its own earlier value. Sorted by provider."""
    found = tuple(claims)
    if len(found) < 2:
        return found
    newest: dict[str, Claim] = {}
    for claim in found:
        other = newest.get(claim.provider)
        if other is None or _later(claim, other):
            newest[claim.provider] = claim
    return tuple([newest[name] for name in sorted(newest)])


def _later(claim: Claim, other: Claim) -> bool:
    # Two values of one instant: any fixed choice will do, as long as it is the same whichever came first.
    return (claim.at, repr(claim.value), claim.confidence) > (other.at, repr(other.value), other.confidence)


def is_fresh(claim: Claim, now: datetime, policy: Policy) -> bool:
    """Young enough to be used."""
    return now - claim.at <= policy.max_age


def standing(claims: Iterable[Claim], now: datetime, policy: Policy) -> Claim | None:
    """The claim of the best rank among the fresh ones; if all are too old the best of those, to be shown only.

    A lower rank is refused even if it is newer.
    """
    return best(newest_per_provider(claims), now, policy)


def best(newest: Sequence[Claim], now: datetime, policy: Policy) -> Claim | None:
    """The same, given what each provider says now."""
    if len(newest) < 2:
        return newest[0] if newest else None
    ranks, last, oldest = policy.ranks, len(policy.ranks), now - policy.max_age
    return min(newest, key=lambda c: (c.at < oldest, ranks.get(c.provider, last), c.provider))


def firmographic(stated: Any, by_person: bool, claim: Claim | None, now: datetime, policy: Policy) -> Choice:
    """A field about the company. A person of ours, or their CRM, stands above providers, and these above a form.

    A provider that only fills gaps stands below a form too.
    """
    if stated is not None and (by_person or claim is None or _yields(claim, now, policy)):
        return Choice(stated, STATED)
    if claim is None:
        return Choice()
    if not is_fresh(claim, now, policy):
        return Choice(stale=True)
    return Choice(claim.value, claim.provider)


def _yields(claim: Claim, now: datetime, policy: Policy) -> bool:
    return claim.provider in policy.fillers or not is_fresh(claim, now, policy)


def disagreement(choice: Choice, stated: Any, bands: Sequence[int]) -> Choice:
    """Flags a size that is more than one band away from what the form said.

    A person's statement is never flagged: somebody has looked. `bands` are the lower ends, ascending.
    """
    if choice.value is None or stated is None or choice.source == STATED:
        return choice
    if abs(size_band(choice.value, bands) - size_band(stated, bands)) <= 1:
        return choice
    return Choice(choice.value, choice.source, ("disagreement",))


def size_band(employees: int, bands: Sequence[int]) -> int:
    """The number of the band that a company size lies in."""
    return bisect_right(bands, employees)


def country(said: Mapping[str, str | None], order: Sequence[str], *, locatable: bool) -> Choice:
    """The first source of `order` that names a country.

    `locatable`: the lead gave a phone number or an address; where its browser was picks no territory then.
    Sources that contradict each other are flagged `conflict`, but the browser's place contradicts nobody.
    """
    named = [(source, said[source]) for source in order if said.get(source)]
    if named and named[0][0] == "ip" and locatable:
        return Choice(flags=("ip_only",))
    if not named:
        return Choice()
    conflict = len(named) > 1 and len({value for source, value in named if source != "ip"}) > 1
    return Choice(named[0][1], named[0][0], ("conflict",) if conflict else ())
