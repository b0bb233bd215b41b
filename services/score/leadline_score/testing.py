"""Score's own tables in memory, for stories without a server: the review list, and the pass over stored leads."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from leadline_runtime.database import InboxRow
from leadline_runtime.decision import Send
from leadline_runtime.forwarding import sealed
from leadline_runtime.testing.memory_database import MemoryBatch, MemoryTables
from leadline_schemas.event import RulesRef
from leadline_schemas.ids import derived_id
from leadline_score.rejudging import REJUDGE
from leadline_score.rescoring_table import FIRST, LAST
from leadline_score.review_list import Listed, ReviewStore, ReviewView
from leadline_score.state import JUDGED_BY, judged_by


class MemoryReviewStore(ReviewStore):
    """The list as a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Listed] = {}

    async def write(self, tx: Any, view: ReviewView) -> None:
        """See Store.write."""
        changes = list(view.changes.values())
        if isinstance(tx, MemoryBatch):
            tx.at_commit(lambda: self._take(changes))

    def _take(self, changes: Sequence[Listed]) -> None:
        for each in changes:
            self.rows.pop(each.lead_id, None)
            if each.review is not None:
                self.rows[each.lead_id] = each


class MemoryRescoring:
    """The pass over a service's tables in memory."""

    def __init__(self, tables: MemoryTables, token: UUID, ref: RulesRef) -> None:
        self.tables, self.token, self.ref = tables, token, ref

    def _own(self) -> set[int]:
        return {lane for lane, owner in self.tables.owner.items() if owner == self.token}

    def _stale(self, after: UUID, upto: UUID) -> list[tuple[UUID, int]]:
        rules, own = judged_by(self.ref.digest), self._own()
        return sorted(
            (row.lead_id, row.lane) for row in self.tables.states.values()
            if row.lane in own and after < row.lead_id <= upto and row.state.merged_into is None
            and row.state.seen.get(JUDGED_BY) != rules
        )  # fmt: skip

    async def after_the_batch(self) -> None:
        """A turn of the loop is a whole batch here."""

    async def window(self, after: UUID) -> UUID:
        """All leads are one window."""
        return LAST

    async def count(self, after: UUID, upto: UUID) -> Mapping[int, int]:
        """See RescoringTable.count."""
        found: dict[int, int] = {}
        for _, lane in self._stale(after, upto):
            found[lane] = found.get(lane, 0) + 1
        return found

    async def begin(self, left: Mapping[int, int]) -> tuple[int, str | None]:
        """Nothing is noted."""
        return sum(left.values()), None

    async def waiting(self) -> int:
        """See RescoringTable.waiting."""
        return sum(lane in self._own() for lane, _ in self.tables.inbox)

    async def tell(self, after: UUID, upto: UUID, most: int) -> Sequence[UUID]:
        """See RescoringTable.tell."""
        found = self._stale(after, upto)[:most]
        body = sealed(Send(FIRST, FIRST, REJUDGE))
        for lead, lane in found:
            message = derived_id("rejudge", lead, self.ref.digest)
            self.tables.inbox[lane, message] = InboxRow(lane, message, lead, body)
        return [lead for lead, _ in found]

    async def done(self) -> None:
        """Nothing is noted."""

    async def reviews(self) -> int:
        """The list is another's."""
        return 0
