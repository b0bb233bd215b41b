"""Who owns a lead, its account or the account above that already keeps it, if back in time (rules B4.6)."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from leadline_route.core.prospect import Prospect
from leadline_route.core.words import clock, day_or_clock
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the search for an owner found.

    `owner` keeps the lead; else `covering_for` is absent too long and `pool` stands in; else neither: `why` says so.
    """

    why: str
    owner: str | None = None
    covering_for: str | None = None
    pool: str | None = None


def find_owner(prospect: Prospect, at: datetime, excluded: Mapping[str, str]) -> Ownership:
    """The owner of the lead, else of its account, else of the parent account; who is gone or excluded is ignored."""
    team = prospect.book.team
    passed: list[str] = []
    for person, what in _owners(prospect):
        if not team.is_active(person):
            passed.append(f"{person} owns {what} but is gone")
        elif person in excluded:
            passed.append(f"{person} owns {what} but {excluded[person]}")
        else:
            return _in_time(prospect, person, what, at)
    return Ownership("; ".join(passed) or "neither the lead nor its account has an owner")


def owners(prospect: Prospect) -> tuple[str, ...]:
    """Everybody who may turn out to be the owner."""
    return tuple(person for person, _ in _owners(prospect))


def _owners(prospect: Prospect) -> Iterator[tuple[str, str]]:
    enriched = prospect.scored.enriched
    if enriched.captured.lead.owner:
        yield enriched.captured.lead.owner, "the lead"
    if enriched.account and enriched.account.owner:
        yield enriched.account.owner, "the account"
    if enriched.account and enriched.account.parent_owner:
        yield enriched.account.parent_owner, f"the parent account {enriched.account.parent or ''}".rstrip()


def _in_time(prospect: Prospect, person: str, what: str, at: datetime) -> Ownership:
    team = prospect.book.team
    member = team.members.get(person)
    if member is None:
        return Ownership(f"owns {what}", owner=person)  # a manager has no hours
    duty = member.hours.duty(at)
    if duty.state == "on":
        return Ownership(f"owns {what}, on duty until {clock(duty.until, at)}", owner=person)
    first_due = prospect.first_due(at)
    promise = f"the first promise at {clock(first_due, at)}"
    if duty.back_at <= first_due:
        return Ownership(f"owns {what}, back {clock(duty.back_at, at)}, before {promise}", owner=person)
    gone = (
        f"absent ({duty.absence.reason}) until {day_or_clock(duty.absence.end, member.days.zone)}"
        if duty.absence
        else f"off shift until {clock(duty.back_at, at)}"
    )
    why = f"{person} owns {what} but is {gone}, not back by {promise}"
    policy = prospect.book.ownership.away
    if policy == "keep":
        return Ownership(f"{why[len(person) + 1 :]}: kept for him all the same", owner=person)
    if policy == "pool":
        return Ownership(why)
    pool = next((each.pool for each in team.territories if each.id == member.territory), None)
    return Ownership(why, covering_for=person if pool else None, pool=pool)
