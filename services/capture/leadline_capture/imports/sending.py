"""Rows on their way to the door: several requests at a time, the rows of one person never out of their order."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import field
from typing import Final, Protocol

from leadline_capture.core.csv_lead import Imported
from leadline_capture.core.csv_report import ReportRow
from leadline_runtime.core.values import dataclass

BATCH_ROWS: Final = 250
BATCH_BYTES: Final = 600_000
AT_A_TIME: Final = 6


@dataclass(frozen=True, slots=True)
class Item:
    """A lead as it is sent: its own id, and the JSON of the whole."""

    id: str
    historical: bool
    body: bytes


class Sends(Protocol):
    """Where batches go (imports.door, edge.import_work)."""

    async def send(self, items: Sequence[Item]) -> list["Fate"]:
        """Send until each item has its fate, in order."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What the door made of one item: its submission id, or why it was refused."""

    submission_id: str = ""
    reasons: tuple[str, ...] = ()


@dataclass
class _Batch:
    rows: list[Imported] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    size: int = 0
    task: "asyncio.Task[list[Fate]] | None" = None

    def add(self, row: Imported) -> None:
        self.rows.append(row)
        if row.payload is not None:
            body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
            self.items.append(Item(row.payload["id"], bool(row.payload.get("historical")), body))
            self.size += len(body)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= BATCH_ROWS or self.size >= BATCH_BYTES


class Sender:
    """Sends rows as they are read. `tell` gets the fates of rows in the order of the file, as far as all are known;
    `at_a_time`: batches under way."""

    def __init__(
        self, door: Sends, tell: Callable[[list[ReportRow]], Awaitable[None]], at_a_time: int = AT_A_TIME
    ) -> None:
        self._door, self._tell, self._at_a_time = door, tell, at_a_time
        self._under_way: deque[_Batch] = deque()
        self._people: dict[str, _Batch] = {}

    async def send_all(self, rows: Iterator[Imported]) -> None:
        """Send every row. What went wrong on the way is raised, with the fates before it told."""
        batch = _Batch()
        try:
            for row in rows:
                await self._wait_for_person(row, batch)
                batch.add(row)
                for key in row.keys:
                    self._people[key] = batch
                if batch.is_full:
                    await self._start(batch)
                    batch = _Batch()
            await self._start(batch)
            while self._under_way:
                await self._settle()
        finally:
            left = [each.task for each in self._under_way if each.task is not None]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    async def _wait_for_person(self, row: Imported, own: _Batch) -> None:
        """Another row of the same person that is under way must arrive first: the later row counts."""
        for key in row.keys:
            while (other := self._people.get(key)) is not None and other is not own:
                await self._settle()

    async def _start(self, batch: _Batch) -> None:
        batch.task = asyncio.create_task(self._door.send(batch.items)) if batch.items else None
        self._under_way.append(batch)
        while len(self._under_way) > self._at_a_time:
            await self._settle()
        await asyncio.sleep(0)

    async def _settle(self) -> None:
        """The oldest batch: wait for its fates and tell them."""
        batch = self._under_way[0]
        fates = iter(await batch.task if batch.task is not None else ())
        self._under_way.popleft()
        for row in batch.rows:
            for key in row.keys:
                if self._people.get(key) is batch:
                    del self._people[key]
        await self._tell([_told(row, next(fates) if row.payload is not None else None) for row in batch.rows])


def _told(row: Imported, fate: Fate | None) -> ReportRow:
    if fate is None or not fate.submission_id:
        reasons = row.notes if fate is None else fate.reasons
        return ReportRow(row.row, row.line, "rejected", reasons)
    return ReportRow(row.row, row.line, "accepted", row.notes, fate.submission_id)
