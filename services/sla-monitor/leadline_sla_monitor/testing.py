"""The monitor's own table in memory, for tests."""

from uuid import UUID

from leadline_runtime.testing.memory_database import MemoryBatch
from leadline_runtime.transaction import Transaction
from leadline_sla_monitor.overdue import Moved, Row


class MemoryOverdue:
    """Rows as a dictionary, shared by all instances of a test; written when the transaction commits."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Row] = {}

    async def write(self, tx: Transaction, rows: Moved) -> None:
        """See OverdueTable."""
        changes = dict(rows)

        def write() -> None:
            for lead, row in changes.items():
                self.rows.pop(lead, None)
                if row is not None:
                    self.rows[lead] = row

        assert isinstance(tx, MemoryBatch), "rows in memory go with a transaction in memory"
        tx.at_commit(write)
