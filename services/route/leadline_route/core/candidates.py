"""Who of a pool may receive one lead, and the first reason against each of the others (rules B4.1, B4.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from leadline_route.core.availability import Duty
from leadline_route.core.caps import reached
from leadline_route.core.roster import Draft, Load
from leadline_route.core.team import Member, Pool, Returning
from leadline_route.core.words import clock, day_or_clock
from leadline_runtime.core.values import dataclass

Reason = Literal["inactive", "absent", "off_shift", "excluded", "cap_reached", "missing_skill"]


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


def consider(pool: Pool, members: Mapping[str, Member], draft: Draft, need: Need) -> list[Considered]:
    """Each member of the pool in the order of the ids."""
    return [_consider(members[each], draft.load(each), pool.returning, need) for each in pool.weights]


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
