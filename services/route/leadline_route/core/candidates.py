"""Who of a pool may receive one lead, and the first reason against each of the others (rules B4.1, B4.4)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import is_not
from typing import Literal
from zoneinfo import ZoneInfo

from leadline_route.core.availability import Duty
from leadline_route.core.caps import Days, reached
from leadline_route.core.roster import Draft, Load
from leadline_route.core.team import Member, Pool, Returning
from leadline_route.core.words import clock, day_or_clock
from leadline_runtime.core.values import dataclass

Reason = Literal["inactive", "absent", "off_shift", "excluded", "cap_reached", "missing_skill"]
REMEMBERED = 64  # sets of skills that leads ask for, per pool
_UTC_DAYS = Days(ZoneInfo("UTC"))  # words name a day that is not today's in UTC


@dataclass(frozen=True, slots=True)
class Need:
    """What one lead asks for at `at`: skills, whom it must not go to (member → why); the segments it counts for."""

    at: datetime
    skills: frozenset[str] = frozenset()
    excluded: Mapping[str, str] | None = None
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Considered:
    """One member, looked at for one lead. `reason` None: may receive.

    `shares`: is owed a share of this lead although it may not receive it (or because it may). `accrues`: shares while
    absent, to be repaid slowly.
    """

    member: Member
    load: Load
    reason: Reason | None
    why: str = ""
    shares: bool = True
    accrues: bool = False
    available_from: datetime | None = None


@dataclass(slots=True)
class _Seen:
    """Members of a pool, looked at for a lead that nobody is excluded from: from `since` to `until` nothing changes.

    But for whose rows change. `by_segment` are the places of those who have caps for leads of some segment.
    """

    members: Mapping[str, Member]
    since: datetime
    until: datetime
    by_segment: tuple[int, ...]
    loads: list[Load]
    considered: list[Considered]


def consider(pool: Pool, members: Mapping[str, Member], draft: Draft, need: Need) -> Sequence[Considered]:
    """Each member of the pool in the order of the ids. Remembered by the pool: from lead to lead few change."""
    seen = pool.seen.get(need.skills)
    loads = draft.loads(pool.ids)
    plain = Need(need.at, need.skills)
    if seen is None or seen.members is not members or not seen.since <= need.at < seen.until:
        if len(pool.seen) >= REMEMBERED:
            pool.seen.clear()
        seen = pool.seen[need.skills] = _look(pool, members, loads, plain)
    else:
        differ = list(map(is_not, loads, seen.loads))
        if True in differ:
            changed = [place for place, differs in enumerate(differ) if differs]
            seen.considered = _anew(pool, seen, loads, changed, plain)
            seen.loads = loads
    own = {*seen.by_segment} if need.segments else set()
    own.update(pool.ids.index(each) for each in need.excluded or () if each in pool.weights)
    return _anew(pool, seen, loads, own, need) if own else seen.considered


def _look(pool: Pool, members: Mapping[str, Member], loads: list[Load], need: Need) -> _Seen:
    people = [members[each] for each in pool.ids]
    considered = [_consider(each, load, pool.returning, need) for each, load in zip(people, loads, strict=True)]
    ends = [each.days.of(need.at).end for each in people]
    ends += [each.hours.duty(need.at).until for each in people if each.active]
    by_segment = tuple(place for place, each in enumerate(people) if each.caps.segments)
    return _Seen(members, need.at, min([*ends, _UTC_DAYS.of(need.at).end]), by_segment, loads, considered)


def _anew(pool: Pool, seen: _Seen, loads: list[Load], places: Iterable[int], need: Need) -> list[Considered]:
    """The list with these members looked at again. The old one is left to whoever still has words to make of it."""
    found = list(seen.considered)
    for place in places:
        found[place] = _consider(found[place].member, loads[place], pool.returning, need)
    return found


def _consider(member: Member, load: Load, returning: Returning, need: Need) -> Considered:
    if not member.active:
        return Considered(member, load, "inactive", "inactive", shares=False)
    at = need.at
    duty = member.hours.duty(at)
    if duty.state == "absent":
        return _absent(member, load, duty, returning, need)
    if duty.state == "off":
        why = f"off shift until {clock(duty.back_at, at)}"
        return Considered(member, load, "off_shift", why, shares=False, available_from=duty.back_at)
    return _on_duty(member, load, need)


def _on_duty(member: Member, load: Load, need: Need) -> Considered:
    if need.excluded and member.id in need.excluded:
        return Considered(member, load, "excluded", f"excluded: {need.excluded[member.id]}", shares=False)
    cap = reached(member.caps, load.open, load.assigned, member.days, need.at, need.segments)
    if cap is not None:
        return Considered(member, load, "cap_reached", cap.why, shares=False, available_from=cap.free_at)
    missing = need.skills - member.skills
    if missing:
        return Considered(member, load, "missing_skill", f"missing skill: {', '.join(sorted(missing))}")
    return Considered(member, load, None)


def _absent(member: Member, load: Load, duty: Duty, returning: Returning, need: Need) -> Considered:
    absence = duty.absence
    assert absence is not None
    until = f"absent: {absence.reason} until {day_or_clock(absence.end, member.days.zone)}"
    frozen = (
        returning.policy == "skip"
        or not duty.on_shift
        or (need.excluded is not None and member.id in need.excluded)
        or reached(member.caps, load.open, load.assigned, member.days, need.at, need.segments) is not None
    )
    accrues = returning.policy == "accrue" and not frozen
    return Considered(
        member,
        load,
        "absent",
        f"{until}; {returning.policy}: {'balance frozen' if frozen else 'share accrues'}",
        shares=not frozen,
        accrues=accrues,
        available_from=duty.back_at,
    )


def available_from(member: Member, load: Load, need: Need) -> datetime | None:
    """When this member could receive this lead at the earliest: now, later, or not by time alone (None)."""
    if not member.active or not need.skills <= member.skills or (need.excluded and member.id in need.excluded):
        return None
    at = member.hours.next_available(need.at)
    while (cap := reached(member.caps, load.open, load.assigned, member.days, at, need.segments)) is not None:
        if cap.free_at is None:
            return None
        at = member.hours.next_available(cap.free_at)
    return at
