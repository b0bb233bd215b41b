"""A spool on a real disk, and somebody in Kafka's place who takes from it or does not."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from leadline_runtime.crash import CrashPoints
from leadline_runtime.single_records import NotDurable, Single
from leadline_runtime.spool import Spool
from leadline_runtime.spool_files import SpoolFiles


class Passages(CrashPoints):
    """Counts how often each point is passed; holds the writer at `before sync` while `held` is set."""

    def __init__(self) -> None:
        super().__init__("", None)
        self.pipe: tuple[int, int] | None = None

    def reach(self, point: str) -> None:
        """Count, and wait if told to."""
        self.passed[point] += 1
        if point == "spool_before_sync" and self.pipe is not None:
            os.read(self.pipe[0], 1)

    def hold(self) -> None:
        """A disk that hangs from now on."""
        self.pipe = os.pipe()

    def release(self) -> None:
        """It answers again."""
        pipe, self.pipe = self.pipe, None
        if pipe is not None:
            os.close(pipe[1])


@dataclass
class Taker:
    """In Kafka's place: takes what it is given, unless it is `away`; then it may take the first `still` of them."""

    away: bool = False
    taken: list[Single] = field(default_factory=list)
    offered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def trouble(self) -> str | None:
        """Why it takes nothing."""
        return "no connection to Kafka" if self.away else None

    budget_s: float = 0.9

    async def write(self, record: Single) -> None:
        """Take one. Raises NotDurable."""
        if not all(await self.write_all([record])):
            raise NotDurable("away")

    async def write_all(self, records: Sequence[Single]) -> list[bool]:
        """Take several."""
        self.offered.set()
        if not self.away:
            self.taken += records
        return [not self.away] * len(records)

    async def drained(self, records: Sequence[Single]) -> bool:
        """As a spool's drain wants to be told."""
        return all(await self.write_all(records))


def single(n: int, size: int = 20) -> Single:
    """The n-th record."""
    return Single(b"key-%d" % n, b"%0*d" % (size, n), (("ce_id", b"%d" % n),))


@asynccontextmanager
async def open_spool(
    directory: Path, limit: int = 10_000_000, taker: Taker | None = None, crash: CrashPoints | None = None
) -> AsyncIterator[Spool]:
    """A spool that works while the block runs; `taker` gets what it holds."""
    files = SpoolFiles(directory, crash=crash)
    files.open()
    spool = Spool(files, limit)
    work = [asyncio.create_task(spool.run())]
    if taker is not None:
        work.append(asyncio.create_task(spool.drain(taker.drained)))
    try:
        yield spool
    finally:
        for task in work:
            task.cancel()
        await asyncio.wait(work)
        await spool.close()
