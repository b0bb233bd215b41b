"""The roster in memory, for tests: it passes the same law-suite as PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from leadline_route.core.overlay import TeamOverlay
from leadline_route.core.roster import Counts, Load
from leadline_route.core.rulebook import Rulebook
from leadline_route.handover import LOOK
from leadline_route.outcomes import CommandOutcome
from leadline_route.roster_entries import Entry
from leadline_runtime.database import InboxRow
from leadline_runtime.decision import Send
from leadline_runtime.forwarding import sealed
from leadline_runtime.testing.memory_database import MemoryBatch, MemoryTables
from leadline_runtime.transaction import Transaction
from leadline_schemas.ids import derived_id


class MemoryRoster:
    """Rows as dictionaries, shared by all instances of a test; written when the transaction commits."""

    def __init__(self) -> None:
        self.members: dict[str, Load] = {}
        self.pools: dict[str, Counts] = {}
        self.locked: list[tuple[tuple[str, ...], tuple[str, ...]]] = []  # what each batch asked for, in order

    async def lock(
        self, tx: Transaction, members: Sequence[str], pools: Sequence[str]
    ) -> tuple[dict[str, Load], dict[str, Counts]]:
        """See RosterTable."""
        self.locked.append((tuple(members), tuple(pools)))
        loads = {each: self.members.get(each, Load()) for each in members}
        return loads, {each: self.pools.get(each, Counts()) for each in pools}

    async def save(self, tx: Transaction, members: Mapping[str, Load], pools: Mapping[str, Counts]) -> None:
        """See RosterTable."""

        def write() -> None:
            self.members.update(members)
            self.pools.update(pools)

        assert isinstance(tx, MemoryBatch), "rows in memory go with a transaction in memory"
        tx.at_commit(write)


class MemoryOwned:
    """Whose leads are whose, in memory."""

    def __init__(self) -> None:
        self.rows: dict[UUID, str] = {}

    async def write(self, tx: Transaction, moved: Mapping[UUID, str | None]) -> None:
        """See OwnedTable."""
        changes = dict(moved)

        def write() -> None:
            for lead, owner in changes.items():
                self.rows.pop(lead, None)
                if owner is not None:
                    self.rows[lead] = owner

        assert isinstance(tx, MemoryBatch), "rows in memory go with a transaction in memory"
        tx.at_commit(write)


class MemoryHandover:
    """The pass over tables in memory."""

    def __init__(self, tables: MemoryTables, owned: MemoryOwned, token: UUID) -> None:
        self.tables, self.owned, self.token = tables, owned, token

    def _own(self) -> set[int]:
        return {lane for lane, owner in self.tables.owner.items() if owner == self.token}

    def _found(self, owners: Collection[str], after: UUID) -> list[tuple[UUID, int]]:
        lanes = {lead: self.tables.states[lead].lane for lead, owner in self.owned.rows.items() if owner in owners}
        own = self._own()
        return sorted((lead, lane) for lead, lane in lanes.items() if lead > after and lane in own)

    async def after_the_batch(self) -> None:
        """A turn of the loop is a whole batch here."""

    async def filled(self) -> bool:
        """Nothing here is older than the table."""
        return True

    async def owners(self) -> Sequence[str]:
        """See HandoverTable."""
        return sorted(set(self.owned.rows.values()))

    async def count(self, owners: Collection[str]) -> int:
        """See HandoverTable."""
        return len(self._found(owners, UUID(int=0)))

    async def waiting(self) -> int:
        """See HandoverTable."""
        return sum(lane in self._own() for lane, _ in self.tables.inbox)

    async def tell(self, run: UUID, owners: Collection[str], after: UUID, most: int) -> Sequence[UUID]:
        """See HandoverTable."""
        found = self._found(owners, after)[:most]
        body = sealed(Send(UUID(int=0), UUID(int=0), LOOK))
        for lead, lane in found:
            message = derived_id("handover", run, lead)
            self.tables.inbox[lane, message] = InboxRow(lane, message, lead, body)
        return [lead for lead, _ in found]


class MemoryChanges:
    """The roster in memory."""

    def __init__(self) -> None:
        self.overlay, self.entries = TeamOverlay(), list[Entry]()

    async def check(self, tx: Transaction, rules: Rulebook) -> None:
        """It is always in force."""

    async def lock(self, tx: Transaction, changes: Sequence[UUID]) -> tuple[TeamOverlay, set[UUID]]:
        """See ChangesTable."""
        return self.overlay, {each.change.submission_id for each in self.entries}

    async def write(self, tx: Transaction, overlay: TeamOverlay, entries: Sequence[Entry]) -> None:
        """See ChangesTable."""
        told = list(entries)

        def write() -> None:
            self.overlay = overlay
            self.entries += told

        assert isinstance(tx, MemoryBatch), "rows in memory go with a transaction in memory"
        tx.at_commit(write)


class MemoryOutcomes:
    """What became of commands, in memory."""

    def __init__(self) -> None:
        self.kept: dict[UUID, CommandOutcome] = {}

    async def write(self, tx: Transaction, outcomes: Sequence[CommandOutcome]) -> None:
        """See OutcomeTable."""
        decided = list(outcomes)

        def write() -> None:
            for each in decided:
                self.kept.setdefault(each.id, each)

        assert isinstance(tx, MemoryBatch), "rows in memory go with a transaction in memory"
        tx.at_commit(write)
