"""What changes with each lead: members' balances and loads, pools' held leads; and a draft of changes to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from fractions import Fraction

from leadline_route.core.balance import ZERO, Balances
from leadline_route.core.team import Pool
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """One member's row: balance per pool, open leads, assignments by local date, pools in which it is being repaid.

    While leads are dealt, what is owed is asked of the draft: see Roster.balances.
    """

    owed: Mapping[str, Fraction] = field(default_factory=dict)
    open: int = 0
    assigned: Mapping[str, int] = field(default_factory=dict)
    repaying: frozenset[str] = frozenset()

    def balance(self, pool: str) -> Fraction:
        """Leads owed in this pool; a new member starts at 0."""
        return self.owed.get(pool, ZERO)

    def owing(self, pool: str, owed: Fraction) -> "Load":
        """The row with another balance in this pool; of 0 it says nothing, as if it had never been another."""
        balances = {**self.owed, pool: owed}
        if not owed:
            del balances[pool]
        return Load(balances, self.open, self.assigned, self.repaying)


@dataclass(frozen=True, slots=True)
class Counts:
    """One pool's row. `held`: leads that wait for somebody; the rest serves the early-bird guard and `max_run`.

    `early` counts the held leads given since the first of a shift came, until everybody is there at `early_until`;
    `last` and `run` are who received last and how often in a row.
    """

    held: int = 0
    early_until: datetime | None = None
    early: Mapping[str, int] = field(default_factory=dict)
    last: str | None = None
    run: int = 0


@dataclass(frozen=True, slots=True)
class RosterDelta:
    """New rows that one decision makes, and new balances of whole pools."""

    members: Mapping[str, Load]
    pools: Mapping[str, Counts]
    balances: Mapping[str, Balances] = field(default_factory=dict)


@dataclass
class Roster:
    """The rows as read in this transaction, and as the batch's decisions have changed them so far.

    `missing` is told of a member or pool whose row was not locked; it raises. `balances` are those of the pools that
    were dealt since the rows were read: they hold instead of what the rows say, until `changed_rows` writes them there.
    """

    missing: Callable[[str], Exception]
    members: dict[str, Load] = field(default_factory=dict)
    pools: dict[str, Counts] = field(default_factory=dict)
    changed_members: set[str] = field(default_factory=set)
    changed_pools: set[str] = field(default_factory=set)
    balances: dict[str, Balances] = field(default_factory=dict)

    def load(self, member: str) -> Load:
        """A member's row."""
        found = self.members.get(member)
        if found is None:
            raise self.missing(f"member {member}")
        return found

    def loads(self, members: Sequence[str]) -> list[Load]:
        """The rows of these members."""
        try:
            return list(map(self.members.__getitem__, members))
        except KeyError:
            return [self.load(each) for each in members]

    def counts(self, pool: str) -> Counts:
        """A pool's row."""
        found = self.pools.get(pool)
        if found is None:
            raise self.missing(f"pool {pool}")
        return found

    def apply(self, delta: RosterDelta) -> None:
        """Take over what one decided item changed."""
        self.members.update(delta.members)
        self.pools.update(delta.pools)
        self.changed_members.update(delta.members)
        self.changed_pools.update(delta.pools)
        self.balances.update(delta.balances)

    def changed_rows(self) -> tuple[dict[str, Load], dict[str, Counts]]:
        """The members' and pools' rows that are to be written; the balances are in them."""
        changed = {each: self.members[each] for each in self.changed_members}
        for pool, balances in self.balances.items():
            for member, owed in balances.items():
                load = changed.get(member) or self.members[member]
                if load.balance(pool) != owed:
                    changed[member] = load.owing(pool, owed)
        return changed, {each: self.pools[each] for each in self.changed_pools}


@dataclass
class Draft:
    """Changes of one decision over a roster that itself stays as it is until they are applied.

    `returned`, `retaken`: turns of earlier assignments that were taken back or count again, pool → shares.
    """

    roster: Roster
    members: dict[str, Load] = field(default_factory=dict)
    pools: dict[str, Counts] = field(default_factory=dict)
    balances: dict[str, Balances] = field(default_factory=dict)
    returned: dict[str, Mapping[str, Fraction]] = field(default_factory=dict)
    retaken: dict[str, Mapping[str, Fraction]] = field(default_factory=dict)

    def load(self, member: str) -> Load:
        """A member's row with this draft's changes."""
        return self.members.get(member) or self.roster.load(member)

    def counts(self, pool: str) -> Counts:
        """A pool's row with this draft's changes."""
        return self.pools.get(pool) or self.roster.counts(pool)

    def loads(self, members: Sequence[str]) -> list[Load]:
        """The rows of these members with this draft's changes."""
        rows = self.roster.loads(members)
        return list(map(self.members.get, members, rows)) if self.members else rows

    def balances_of(self, pool: Pool) -> Balances:
        """What the members of a pool are owed."""
        found = self._dealt(pool.id)
        if found is None:
            rows = self.loads(pool.ids)
            return Balances.of({each: row.balance(pool.id) for each, row in zip(pool.ids, rows, strict=True)})
        assert found.members == pool.ids, "one batch is dealt by one version of the rules"
        return found

    def _dealt(self, pool: str) -> Balances | None:
        return self.balances.get(pool) or self.roster.balances.get(pool)

    def deal(self, pool: Pool, balances: Balances) -> None:
        """Set all balances of one pool."""
        self.balances[pool.id] = balances

    def owed(self, member: str, pool: str) -> Fraction:
        """What one member is owed in one pool, whether or not he still is in it."""
        dealt = self._dealt(pool)
        return dealt[member] if dealt is not None and member in dealt else self.load(member).balance(pool)

    def owe(self, pool: str, balances: Mapping[str, Fraction]) -> None:
        """Set balances of one pool, also of members who left it."""
        dealt = self._dealt(pool)
        if dealt is not None:
            self.balances[pool] = Balances.of({each: balances.get(each, owed) for each, owed in dealt.items()})
        for member, balance in balances.items():
            if dealt is None or member not in dealt:
                self.members[member] = self.load(member).owing(pool, balance)

    def opened(self, member: str, by: int) -> None:
        """Change a member's number of open leads; it never falls below 0."""
        load = self.load(member)
        self.members[member] = Load(load.owed, max(0, load.open + by), load.assigned, load.repaying)

    def received(self, member: str, assigned: Mapping[str, int], opened: int) -> None:
        """Note one more assignment: its day's count, and one more open lead if it counts as open."""
        load = self.load(member)
        self.members[member] = Load(load.owed, load.open + opened, assigned, load.repaying)

    def put(self, member: str, load: Load) -> None:
        """Set a member's row."""
        self.members[member] = load

    def count(self, pool: str, counts: Counts) -> None:
        """Set a pool's row."""
        self.pools[pool] = counts

    def held(self, pool: str, by: int) -> None:
        """Change how many leads a pool holds."""
        counts = self.counts(pool)
        self.pools[pool] = replace(counts, held=max(0, counts.held + by))

    def delta(self) -> RosterDelta | None:
        """What is to be applied; None if nothing changed."""
        if not (self.members or self.pools or self.balances):
            return None
        return RosterDelta(self.members, self.pools, self.balances)
