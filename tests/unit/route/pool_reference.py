"""Pools by the plainest possible means: what rules B4 say, counted anew from a list of all that happened.

Hours are whole hours of a zone that is a fixed number of hours from UTC, so that nothing here needs a calendar.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

HOUR = timedelta(hours=1)
HOLD = 16 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Person:
    """A member: there from `starts` to `ends` o'clock every day, `offset` hours from UTC."""

    starts: int
    ends: int
    offset: int
    skills: frozenset[str]
    caps: dict[str, int]
    active: bool = True
    away: list[tuple[datetime, datetime]] = field(default_factory=list)

    def local(self, at: datetime) -> datetime:
        """Its clock."""
        return at + self.offset * HOUR

    def on_shift(self, at: datetime) -> bool:
        """Do its hours say that it works?"""
        return self.starts <= self.local(at).hour < self.ends

    def is_away(self, at: datetime) -> bool:
        """Is it declared absent?"""
        return any(start <= at < end for start, end in self.away)


@dataclass
class Shared:
    """A pool: weights, policy, what each member ever had of it is owed; who received last, how often in a row."""

    weights: dict[str, int]
    policy: str
    strategy: str
    manager: str | None
    owed: dict[str, Fraction] = field(default_factory=dict)
    repaying: set[str] = field(default_factory=set)
    last: str | None = None
    run: int = 0


@dataclass
class Known:
    """A lead: who has it (a member, a manager), or for which pool it is held until when; else it waits in a queue."""

    pools: tuple[str, ...]
    skills: frozenset[str]
    owner: str | None = None
    manager: str | None = None
    held: tuple[str, datetime] | None = None
    open: bool = True
    assigned_at: datetime | None = None
    turn: tuple[str, dict[str, Fraction]] | None = None
    excluded: set[str] = field(default_factory=set)
    lapses: int = 0


@dataclass
class Reference:
    """The whole company. `log` lists each assignment to a member, whoever has the lead now."""

    people: dict[str, Person]
    pools: dict[str, Shared]
    managers: frozenset[str]
    leads: dict[str, Known] = field(default_factory=dict)
    log: list[tuple[str, datetime]] = field(default_factory=list)

    def status(self, who: str, lead: Known, at: datetime) -> str:
        """The first reason against a member, or `free`."""
        person = self.people[who]
        if not person.active:
            return "inactive"
        if person.is_away(at):
            return "absent"
        if not person.on_shift(at):
            return "off_shift"
        if who in lead.excluded:
            return "excluded"
        if self.full(who, at):
            return "cap_reached"
        return "free" if lead.skills <= person.skills else "missing_skill"

    def full(self, who: str, at: datetime) -> bool:
        """Is one of its caps reached?"""
        caps = self.people[who].caps
        counts = {"open": sum(1 for each in self.leads.values() if each.owner == who and each.open)}
        for per, begins in periods(self.people[who].local(at).date()).items():
            counts[per] = sum(1 for m, then in self.log if m == who and self.people[m].local(then).date() >= begins)
        return any(counts[per] >= most for per, most in caps.items())

    def give(self, lead: Known, at: datetime, *, may_hold: bool = True) -> dict[str, Fraction]:
        """Deal the lead in the first pool with somebody free; else hold it, or its first pool's manager, or a queue.

        The balances of the pool after it; empty if nobody got it.
        """
        lead.owner, lead.held, lead.turn = None, None, None
        lead.manager = self.pools[lead.pools[0]].manager
        for name in lead.pools:
            pool = self.pools[name]
            found = {who: self.status(who, lead, at) for who in sorted(pool.weights)}
            if "free" in found.values():
                return self._deal(name, lead, found, at)
        waits = [(then, name) for name in lead.pools for then in self._times(name, lead, at)]
        if may_hold and waits and min(waits)[0] - at <= HOLD:
            lead.held = min(waits)[1], min(waits)[0]
        elif lead.manager is not None:
            lead.owner, lead.assigned_at = lead.manager, at
        return {}

    def _deal(self, name: str, lead: Known, found: Mapping[str, str], at: datetime) -> dict[str, Fraction]:
        pool = self.pools[name]
        settle(pool)
        before = {who: pool.owed.get(who, Fraction(0)) for who in pool.weights}
        sharing = {who for who, status in found.items() if status in ("free", "missing_skill")}
        accruing = {who for who, status in found.items() if status == "absent" and self._accrues(pool, who, lead, at)}
        whole = sum(pool.weights[who] for who in sharing | accruing)
        if pool.policy == "accrue":
            late = {who for who in accruing if before[who] + Fraction(pool.weights[who], whole) > 5}
            pool.repaying |= accruing
            accruing -= late
        whole = sum(pool.weights[who] for who in sharing | accruing)
        for who in sharing | accruing:
            pool.owed[who] = before[who] + Fraction(pool.weights[who], whole)
        free = [who for who, status in found.items() if status == "free"]
        tired = pool.policy == "accrue" and pool.run >= 2 and pool.last in pool.repaying
        order = [who for who in free if not (tired and who == pool.last)] or free
        loads = {who: Fraction(self._open(who), self.people[who].caps["open"]) for who in free}
        if pool.strategy == "least_loaded":
            winner = min(order, key=lambda who: (loads[who], -pool.owed[who], who))
        else:
            winner = min(order, key=lambda who: (-pool.owed[who], who))
        pool.owed[winner] -= 1
        pool.run = pool.run + 1 if winner == pool.last else 1
        pool.last = winner
        if pool.owed[winner] <= 0:
            pool.repaying.discard(winner)
        lead.turn = name, {who: pool.owed.get(who, Fraction(0)) - owed for who, owed in before.items()}
        lead.manager = pool.manager
        self.assign(lead, winner, at)
        return {who: pool.owed.get(who, Fraction(0)) for who in pool.weights}

    def _accrues(self, pool: Shared, who: str, lead: Known, at: datetime) -> bool:
        free = self.people[who].on_shift(at) and who not in lead.excluded and not self.full(who, at)
        return free and pool.policy != "skip"

    def _open(self, who: str) -> int:
        return sum(1 for each in self.leads.values() if each.owner == who and each.open)

    def _times(self, name: str, lead: Known, at: datetime) -> Iterator[datetime]:
        """When each member of a pool could take it: everything changes on the hour."""
        first = at - (at - EPOCH) % HOUR + HOUR
        for who in self.pools[name].weights:
            found = (first + hours * HOUR for hours in range(24 * 40))
            then = next((each for each in found if self.status(who, lead, each) == "free"), None)
            if then is not None:
                yield then

    def assign(self, lead: Known, who: str, at: datetime) -> None:
        """Somebody has it now."""
        lead.owner, lead.assigned_at, lead.held = who, at, None
        if who in self.people:
            self.log.append((who, at))

    def take_back(self, lead: Known, at: datetime) -> None:
        """The turn of the current assignment, within seven days."""
        if lead.turn is not None and lead.assigned_at is not None and at - lead.assigned_at <= timedelta(days=7):
            pool = self.pools[lead.turn[0]]
            for who, share in lead.turn[1].items():
                pool.owed[who] = pool.owed.get(who, Fraction(0)) - share

    def can_own(self, who: str | None) -> bool:
        """An active member, or a manager."""
        return who in self.managers or (who in self.people and self.people[who].active)


def settle(pool: Shared) -> None:
    """What those who left were owed is owed to the others, by weight: so the sum of the pool is 0."""
    rest = -sum((pool.owed.get(who, Fraction(0)) for who in pool.weights), Fraction(0))
    whole = sum(pool.weights.values())
    for who, weight in pool.weights.items():
        if rest:
            pool.owed[who] = pool.owed.get(who, Fraction(0)) + rest * Fraction(weight, whole)


def periods(day: date) -> dict[str, date]:
    """When the day, the week and the month of a day began."""
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
