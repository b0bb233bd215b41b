"""A spool: records that Kafka does not take now, kept on this machine's disk until it does.

Those that come at the same time share one fsync. All work on files is done by one thread, so that a slow disk holds up
nobody who does not wait for it, and by one at a time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import time
from typing import Final, TypeVar

import msgpack

from leadline_runtime.core.spool_frames import frame_size
from leadline_runtime.logs import logger
from leadline_runtime.single_records import NotDurable, Single
from leadline_runtime.spool_files import SpoolFiles

log = logger(__name__)
T = TypeVar("T")
_GROUP_BYTES: Final = 4 * 1024 * 1024  # of one write
_ROOM: Final = 131_072  # what the largest lead may take
_DRAIN_AT_ONCE: Final = 500
_REST_S: Final = 0.5


@dataclass(slots=True)
class _Asked:
    records: list[bytes]
    size: int
    answer: "asyncio.Future[None]"


class Spool:
    """Records kept in `files`, at most `limit` bytes of them. `drained`, `kept`: how many since the start."""

    def __init__(self, files: SpoolFiles, limit: int) -> None:
        self.files, self.limit = files, limit
        self.kept = self.drained = 0
        self.oldest_at = 0.0  # when the oldest was kept, by the wall clock; 0: there is none
        self._asked: list[_Asked] = []
        self._pending = 0  # bytes asked for, not yet written
        self._fault: str | None = None
        self._wake, self._filled = asyncio.Event(), asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "spool")

    @property
    def holds(self) -> bool:
        """Whether anything waits in it, or is being written into it."""
        return self.files.records > 0 or bool(self._pending)

    @property
    def trouble(self) -> str | None:
        """Why nothing more can be kept; None if it can."""
        if self.files.size + self._pending + min(_ROOM, self.limit // 10) > self.limit:
            return "the spool is full"
        return self._fault

    async def keep(self, records: Sequence[Single], within_s: float) -> None:
        """Make these durable on disk. Raises NotDurable."""
        now = time()
        packed = [msgpack.packb((now, each.key, each.value, each.headers)) for each in records]
        size = sum(map(frame_size, packed))
        if self.files.size + self._pending + size > self.limit:
            raise NotDurable("the spool is full")
        asked = _Asked(packed, size, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        self._pending += size
        self._wake.set()
        try:
            async with asyncio.timeout(within_s):
                await asyncio.shield(asked.answer)
        except OSError as error:  # TimeoutError is one
            raise NotDurable(f"the spool: {type(error).__name__}") from None

    async def run(self) -> None:
        """Write what is asked for, as much at once as waits. Ends by cancellation."""
        while True:
            await self._wake.wait()
            group = self._next_group()
            if not self._asked:
                self._wake.clear()
            fault = await self._write([record for asked in group for record in asked.records])
            self._pending -= sum(asked.size for asked in group)
            for asked in group:
                if not asked.answer.done():
                    asked.answer.set_exception(fault) if fault else asked.answer.set_result(None)
                asked.answer.exception()  # whoever waited may be gone: that is no fault

    def _next_group(self) -> list[_Asked]:
        number = size = 0
        for asked in self._asked:
            if number and size + asked.size > _GROUP_BYTES:
                break
            number, size = number + 1, size + asked.size
        group, self._asked = self._asked[:number], self._asked[number:]
        return group

    async def _write(self, records: list[bytes]) -> OSError | None:
        try:
            await self._at_files(lambda: self.files.append(records))
        except OSError as error:
            if self._fault is None:
                log.error("the spool cannot be written", error=type(error).__name__, errno=error.errno)
            self._fault = f"the spool cannot be written: {type(error).__name__}"
            return error
        self._fault = None
        self.kept += len(records)
        self._filled.set()
        return None

    async def drain(self, write: Callable[[Sequence[Single]], Awaitable[bool]]) -> None:
        """Give the records to `write`, in order, as soon as it takes them. It is False if not all were taken: then the
        same come again. Ends by cancellation."""
        while True:
            if not self.files.records:
                self.oldest_at = 0.0
                self._filled.clear()
                await self._filled.wait()
            if not await self._drain_some(write):
                await asyncio.sleep(_REST_S)

    async def _drain_some(self, write: Callable[[Sequence[Single]], Awaitable[bool]]) -> bool:
        try:
            packed = await self._at_files(lambda: self.files.oldest(_DRAIN_AT_ONCE))
            if not packed:
                return True
            rows = [msgpack.unpackb(each, use_list=False) for each in packed]
            self.oldest_at = rows[0][0]
            if not await write([Single(key, value, headers) for _, key, value, headers in rows]):
                return False
            await self._at_files(lambda: self.files.done(len(packed)))
        except OSError as error:
            log.error("the spool cannot be read", error=type(error).__name__, errno=error.errno)
            return False
        self.drained += len(packed)
        return True

    async def _at_files(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def close(self) -> None:
        """Write nothing more and let go of the directory."""
        await self._at_files(self.files.close)
        self._thread.shutdown(wait=False)
