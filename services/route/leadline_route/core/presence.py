"""Is somebody there, what changes next, and who takes part in what: the team at one instant, for people."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Literal

from leadline_route.core.availability import Absence
from leadline_route.core.caps import Reached, reached
from leadline_route.core.roster import Load
from leadline_route.core.team import Member, Team
from leadline_runtime.core.values import dataclass

State = Literal["on", "off", "absent", "inactive"]
_AHEAD = timedelta(days=366)  # who is there round the clock never changes


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the member is `state`."""

    at: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place in one pool. `balance`: leads owed; None if nobody knows the tables."""

    pool: str
    weight: int
    balance: Fraction | None
    repaying: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """One member at one instant. `capped`: the cap that keeps it from leads although it is there.

    `absences`: those that are not over, in order.
    """

    member: Member
    at: datetime
    state: State
    change: Change | None
    absence: Absence | None
    absences: tuple[Absence, ...]
    capped: Reached | None
    seats: tuple[Seat, ...]

    @property
    def receives(self) -> bool:
        """May it be given a lead now?"""
        return self.state == "on" and self.capped is None


def presence(team: Team, member: Member, load: Load | None, at: datetime) -> Presence:
    """How a member stands at `at`; `load` None: what it owns and is owed is not known."""
    seats = tuple(
        Seat(pool.id, pool.weights[member.id], load.balance(pool.id) if load else None,
             load is not None and pool.id in load.repaying)
        for pool in team.pools.values()
        if member.id in pool.weights
    )  # fmt: skip
    absences = tuple(each for each in member.hours.absences if each.end > at)
    if not member.active:
        return Presence(member, at, "inactive", None, None, absences, None, seats)
    duty = member.hours.duty(at)
    capped = reached(member.caps, load.open, load.assigned, member.days, at) if load else None
    return Presence(member, at, duty.state, _change(member, at), duty.absence, absences, capped, seats)


def _change(member: Member, at: datetime) -> Change | None:
    """When it is otherwise; None: not within a year."""
    duty = member.hours.duty(at)
    state, until = duty.state, duty.until
    while until <= at + _AHEAD:
        later = member.hours.duty(until)
        if later.state != state:
            return Change(until, later.state)
        until = later.until
    return None


def everybody(team: Team, loads: Mapping[str, Load] | None, at: datetime, pool: str | None = None) -> list[Presence]:
    """All members, or those of a pool, by id. Raises KeyError for a pool that there is not."""
    ids = sorted(team.members) if pool is None else sorted(team.pools[pool].weights)
    empty = Load()
    return [presence(team, team.members[each], None if loads is None else loads.get(each, empty), at) for each in ids]
