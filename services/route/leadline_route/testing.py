"""The roster in memory, for tests: it passes the same law-suite as PostgreSQL."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from leadline_route.core.roster import Counts, Load
from leadline_route.outcomes import CommandOutcome
from leadline_runtime.testing.memory_database import MemoryBatch
from leadline_runtime.transaction import Transaction


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
