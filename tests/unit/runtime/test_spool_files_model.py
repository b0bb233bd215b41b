"""The spool's files against a list: whatever is done to it, killed at any moment and cut at any byte."""

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leadline_runtime.core.spool_frames import frame
from leadline_runtime.crash import SPOOL_POINTS, CrashPoints
from leadline_runtime.spool_files import SpoolFiles

RECORDS = st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5)


class Died(BaseException):
    """The process is gone."""


class DyingAt(CrashPoints):
    """Dies at the next passage of `point`."""

    def __init__(self) -> None:
        super().__init__("", None)

    def reach(self, point: str) -> None:
        if point == self.point:
            raise Died


class Spooled(RuleBasedStateMachine):
    """`kept`: what is durable and was ever given no receipt of being done by a surviving deletion."""

    @initialize()
    def start(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="leadline-spool-"))
        self.kept: list[bytes] = []
        self.done = 0  # how many of `kept` are done
        self.again()

    def again(self) -> None:
        self.crash = DyingAt()
        self.files = SpoolFiles(self.directory / "spool", segment_bytes=100, crash=self.crash)
        self.files.open()

    def reborn(self, maybe: list[bytes]) -> None:
        """A new process: it has all that is not done, perhaps some that is, perhaps a part of what was in writing."""
        self.files.close()
        self.again()
        here = self.everything()
        assert not self.files.damaged
        told = self.kept + maybe
        for extra in range(len(maybe) + 1):
            known = told[: len(self.kept) + extra]
            if here == known[len(known) - len(here) :] and len(here) >= len(known) - self.done:
                self.kept, self.done = here, 0
                return
        raise AssertionError(f"found {here}, kept {self.kept}, {self.done} of them done")

    def everything(self) -> list[bytes]:
        """What a reader of the files gets, and what the process itself would give first."""
        found = []
        for path in sorted((self.directory / "spool").glob("*.spool")):
            data, at = path.read_bytes(), 0
            while data[at : at + 4]:
                size = int.from_bytes(data[at + 4 : at + 8], "big")
                if at + 12 + size > len(data):
                    break
                found.append(data[at + 12 : at + 12 + size])
                at += 12 + size
        assert self.files.records == len(found)
        assert self.files.oldest(1) == found[:1]
        return found

    @rule(records=RECORDS)
    def append(self, records: list[bytes]) -> None:
        self.files.append(records)
        self.kept += records

    @rule(most=st.integers(1, 7), share=st.floats(0, 1))
    def take(self, most: int, share: float) -> None:
        waiting = self.kept[self.done :]
        given = self.files.oldest(most)
        assert given == waiting[: len(given)] and bool(given) == bool(waiting)
        number = int(share * len(given))
        if number:
            self.files.done(number)
            self.done += number

    @rule(records=RECORDS, point=st.sampled_from(SPOOL_POINTS[:3]), share=st.floats(0, 1))
    def die_while_writing(self, records: list[bytes], point: str, share: float) -> None:
        self.crash.point = point
        before = {path: path.stat().st_size for path in (self.directory / "spool").glob("*.spool")}
        with suppress(Died):
            self.files.append(records)
        if point == "spool_after_sync":  # durable, though nobody was told
            self.kept += records
            return self.reborn([])
        for path in (self.directory / "spool").glob("*.spool"):
            start, end = before.get(path, 0), path.stat().st_size
            os.truncate(path, start + int(share * (end - start)))
        return self.reborn(records)

    @precondition(lambda self: self.done < len(self.kept))
    @rule(point=st.sampled_from(SPOOL_POINTS[3:]))
    def die_while_taking(self, point: str) -> None:
        number = len(self.files.oldest(3))
        self.crash.point = point
        with suppress(Died):
            self.files.done(number)
        self.done += number
        self.reborn([])

    @rule()
    def restart(self) -> None:
        self.reborn([])

    @invariant()
    def counts(self) -> None:
        assert self.files.records == len(self.kept) - self.done
        on_disk = sum(path.stat().st_size for path in (self.directory / "spool").glob("*.spool"))
        assert self.files.size == on_disk
        if self.files.records == 0 and self.done == len(self.kept):
            assert on_disk == 0, "an empty spool has no files"
        assert on_disk <= sum(len(frame(each)) for each in self.kept)

    def teardown(self) -> None:
        self.files.close()
        shutil.rmtree(self.directory)


Spooled.TestCase.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestSpooled = Spooled.TestCase
