"""The spool: durable together, in order, within its limit and its time, and given on as soon as somebody takes."""

import asyncio
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from leadline_runtime.single_records import NotDurable
from leadline_runtime.spool_files import SpoolFiles, SpoolInUse
from tests.support.running import until
from tests.support.spools import Passages, Taker, open_spool, single


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """A quota: a write beyond it fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def test_those_that_come_together_share_one_fsync(tmp_path: Path) -> None:
    passed = Passages()
    async with open_spool(tmp_path, crash=passed) as spool:
        passed.hold()
        first = asyncio.create_task(spool.keep([single(0)], 5))
        await until(lambda: passed.passed["spool_before_sync"] == 1, "the first write")
        rest = [asyncio.create_task(spool.keep([single(n)], 5)) for n in range(1, 200)]
        await until(lambda: len(spool._asked) == 199, "the others")
        passed.release()
        await asyncio.gather(first, *rest)
        assert passed.passed["spool_before_sync"] == 2 and spool.kept == 200


async def test_what_is_kept_is_there_after_a_restart_in_order_and_is_gone_when_it_is_taken(tmp_path: Path) -> None:
    async with open_spool(tmp_path) as spool:
        for n in range(50):
            await spool.keep([single(n)], 5)
    taker = Taker()
    async with open_spool(tmp_path, taker=taker) as spool:
        await until(lambda: not spool.holds, "the spool to be empty")
        assert taker.taken == [single(n) for n in range(50)]
        assert names(tmp_path) == ["lock"] and spool.oldest_at == 0 and spool.drained == 50


async def test_while_nobody_takes_it_waits_and_says_since_when(tmp_path: Path) -> None:
    taker = Taker(away=True)
    async with open_spool(tmp_path, taker=taker) as spool:
        await spool.keep([single(1)], 5)
        await taker.offered.wait()
        since = spool.oldest_at
        assert since > 1e9 and spool.files.records == 1
        await spool.keep([single(2)], 5)
        taker.away = False
        await until(lambda: not spool.holds, "the return")
        assert taker.taken == [single(1), single(2)]


async def test_beyond_its_limit_it_takes_nothing_and_says_so_at_once(tmp_path: Path) -> None:
    async with open_spool(tmp_path, limit=2000) as spool:
        kept = 0
        with pytest.raises(NotDurable, match="full"):
            while True:
                await spool.keep([single(kept, 200)], 5)
                kept += 1
        assert kept > 3 and spool.files.size <= 2000
        assert spool.trouble == "the spool is full"
        with pytest.raises(NotDurable, match="full"):
            await spool.keep([single(n) for n in range(50)], 5)


async def test_a_full_disk_refuses_and_what_was_kept_stays(tmp_path: Path) -> None:
    async with open_spool(tmp_path) as spool:
        await spool.keep([single(0)], 5)
        with no_file_larger_than(40_000):
            for _ in range(2):
                with pytest.raises(NotDurable):
                    await spool.keep([single(1, 60_000)], 5)
            assert spool.trouble is not None and "written" in spool.trouble
            await spool.keep([single(2)], 5)
            assert spool.trouble is None
        assert spool.files.records == 2
    taker = Taker()
    async with open_spool(tmp_path, taker=taker) as spool:
        await until(lambda: not spool.holds, "the spool to be empty")
        assert taker.taken == [single(0), single(2)] and spool.files.damaged == 0


async def test_a_disk_that_hangs_costs_no_more_than_the_time_given(tmp_path: Path) -> None:
    passed = Passages()
    async with open_spool(tmp_path, crash=passed) as spool:
        passed.hold()
        began = monotonic()
        answers = await asyncio.gather(*[spool.keep([single(n)], 0.2) for n in range(9)], return_exceptions=True)
        assert all(isinstance(each, NotDurable) for each in answers) and monotonic() - began < 1
        passed.release()
        await spool.keep([single(9)], 5)


def test_one_directory_is_one_process_s(tmp_path: Path) -> None:
    first, second = SpoolFiles(tmp_path / "s"), SpoolFiles(tmp_path / "s")
    first.open()
    with pytest.raises(SpoolInUse, match="another process"):
        second.open()
    first.close()
    second.open(patience_s=1)
    second.close()


def test_a_directory_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolInUse, match=r"file.* cannot be used: .*irectory"):
        SpoolFiles(tmp_path / "file" / "s").open()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    files = SpoolFiles(tmp_path / "s")
    files.open()
    files.append([b"canary"])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "s").iterdir()}
    assert modes == {0o600} and stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700
    files.close()


def test_segments_are_deleted_as_they_are_done_and_damage_costs_what_it_touches(tmp_path: Path) -> None:
    files = SpoolFiles(tmp_path, segment_bytes=100)
    files.open()
    for n in range(20):
        files.append([b"%030d" % n])
    segments = sorted(tmp_path.glob("*.spool"))
    assert len(segments) > 5
    files.done(len(files.oldest(3)))
    assert not segments[0].exists() and segments[1].exists()
    data = bytearray(segments[3].read_bytes())
    data[20] ^= 1
    segments[3].write_bytes(data)
    found = []
    while given := files.oldest(7):
        found += given
        files.done(len(given))
    assert len(found) == 16 and files.damaged == 1 and (files.records, files.size) == (0, 0)
    files.close()
