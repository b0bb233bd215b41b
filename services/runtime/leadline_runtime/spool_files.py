"""The files of a spool: a queue of records on disk, for one process and one thread of it.

Records are appended to a segment and made durable together; they are taken from the oldest segment, and a segment whose
records are all done is deleted. That deletion is the only trace of what was done, so that after a crash at most one
segment is given again: its readers must not mind. After a crash nothing is ever appended to what was there before.
"""

import fcntl
import os
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from leadline_runtime.core.spool_frames import found, frame
from leadline_runtime.core.values import dataclass
from leadline_runtime.crash import CrashPoints

SUFFIX: Final = ".spool"
SEGMENT_BYTES: Final = 4 * 1024 * 1024


class SpoolInUse(ValueError):
    """Another process has the directory, or it cannot be used at all."""


@dataclass
class _Segment:
    number: int
    path: Path
    size: int = 0  # what is durable of it
    records: int = 0


class SpoolFiles:
    """The queue. `size`: bytes on disk. `records`: how many wait. `damaged`: places that could not be read.

    Names of files are numbers; the directory is for its owner alone (0700), the files too (0600): they hold what people
    wrote.
    """

    def __init__(
        self, directory: Path, *, segment_bytes: int = SEGMENT_BYTES, crash: CrashPoints | None = None
    ) -> None:
        self.directory, self._segment_bytes = directory, segment_bytes
        self._crash = crash or CrashPoints("", None)
        self.size = self.records = self.damaged = 0
        self._segments: deque[_Segment] = deque()
        self._writing: int | None = None  # descriptor of the last segment
        self._lock: int | None = None
        self._loaded: deque[bytes] = deque()  # what was read and is not done
        self._read = self._given = 0  # bytes and records of the first segment

    def open(self, patience_s: float = 0.0) -> None:
        """Take the directory and find what a former process left. Raises SpoolInUse."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            _sync_directory(self.directory.parent)
            self._lock = os.open(self.directory / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self._take_lock(monotonic() + patience_s)
            for path in sorted(self.directory.glob(f"{'[0-9]' * 12}{SUFFIX}")):
                self._find(path)
        except OSError as error:
            self.close()
            why = os.strerror(error.errno or 0)
            raise SpoolInUse(f"the spool directory {self.directory} cannot be used: {why}") from None

    def _take_lock(self, until: float) -> None:
        assert self._lock is not None
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() >= until:
                    self.close()
                    raise SpoolInUse(
                        f"another process uses the spool directory {self.directory}; give each door one of its own"
                    ) from None
            sleep(0.05)  # the one before may be about to end

    def _find(self, path: Path) -> None:
        here = found(path.read_bytes())
        self.damaged += here.damaged
        if not here.records:
            path.unlink()
            return
        os.truncate(path, here.end)  # a write that was cut off: nobody was told that it succeeded
        self._segments.append(_Segment(int(path.stem), path, here.end, len(here.records)))
        self.size += here.end
        self.records += len(here.records)

    def append(self, records: Sequence[bytes]) -> None:
        """Write these records and make them durable, all or (as far as can be) none. Raises OSError."""
        try:
            segment, descriptor = self._segment()
            data = b"".join(map(frame, records))
            self._crash.reach("spool_before_write")
            _write(descriptor, data)
            self._crash.reach("spool_before_sync")
            os.fsync(descriptor)
            if not segment.size:
                _sync_directory(self.directory)
            self._crash.reach("spool_after_sync")
        except OSError:
            self._give_up()
            raise
        segment.size += len(data)
        segment.records += len(records)
        self.size += len(data)
        self.records += len(records)

    def _segment(self) -> tuple[_Segment, int]:
        if self._writing is not None and self._segments[-1].size >= self._segment_bytes:
            self._seal()
        if self._writing is None:
            number = self._segments[-1].number + 1 if self._segments else 1
            path = self.directory / f"{number:012d}{SUFFIX}"
            flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
            self._writing = os.open(path, flags, 0o600)
            self._segments.append(_Segment(number, path))
        return self._segments[-1], self._writing

    def _give_up(self) -> None:
        """After a failed write what the system holds of the file is unknown: nothing more is written to it."""
        if self._writing is None:
            return
        last = self._segments[-1]
        with suppress(OSError):
            os.ftruncate(self._writing, last.size)
        self._seal()
        if not last.size:
            self._segments.pop()
            _unlink(last.path)

    def _seal(self) -> None:
        if self._writing is not None:
            descriptor, self._writing = self._writing, None
            os.close(descriptor)

    def oldest(self, most: int) -> list[bytes]:
        """Up to `most` of the oldest records, without taking them. Raises OSError."""
        while not self._loaded and self._segments:
            first = self._segments[0]
            if first.size > self._read:
                self._load(first)
            else:
                self._delete(first)
        return list(islice(self._loaded, most))

    def _load(self, segment: _Segment) -> None:
        with segment.path.open("rb") as file:
            file.seek(self._read)
            here = found(file.read(segment.size - self._read))
        lost = segment.records - self._given - len(here.records)
        self.records -= lost
        self.damaged += lost
        self._read, self._given = segment.size, segment.records
        self._loaded.extend(here.records)

    def done(self, number: int) -> None:
        """The `number` oldest records need not be kept any longer. Raises OSError."""
        for _ in range(number):
            self._loaded.popleft()
        self.records -= number
        self._crash.reach("spool_done")
        first = self._segments[0]
        if not self._loaded and self._read >= first.size:
            self._delete(first)

    def _delete(self, first: _Segment) -> None:
        if len(self._segments) == 1:
            self._seal()
        _unlink(first.path)
        self._segments.popleft()
        self.size -= first.size
        self._read = self._given = 0
        self._crash.reach("spool_deleted")

    def close(self) -> None:
        """Let go of the directory; what it holds stays."""
        self._seal()
        if self._lock is not None:
            descriptor, self._lock = self._lock, None
            os.close(descriptor)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _sync_directory(path: Path) -> None:
    """Make a new name in it durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
