"""Kafka with a spool behind it: where a record goes, and that those of one key keep their order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from leadline_runtime.single_records import NotDurable, Refused, Single
from leadline_runtime.spool import Spool
from leadline_runtime.spooled_records import SpooledRecords
from tests.support.running import until
from tests.support.spools import Taker, open_spool, single


@asynccontextmanager
async def records_with(taker: Taker, directory: Path) -> AsyncIterator[tuple[SpooledRecords, Spool]]:
    async with open_spool(directory) as spool:
        kafka: Any = taker
        yield SpooledRecords(kafka, spool, 0.9), spool


async def test_kafka_first_and_the_disk_only_when_it_is_away(tmp_path: Path) -> None:
    taker = Taker()
    async with records_with(taker, tmp_path) as (records, spool):
        assert await records.write(single(1), may_repeat=True) == "kafka" and not spool.holds
        taker.away = True
        assert await records.write(single(2), may_repeat=False) == "spool"
        assert await records.write_all([single(3), single(4)], may_repeat=False) == ["spool", "spool"]
        assert records.trouble is None and spool.files.records == 3


async def test_without_a_spool_nothing_is_promised(tmp_path: Path) -> None:
    taker: Any = Taker(away=True)
    records = SpooledRecords(taker, None, 0.9)
    with pytest.raises(NotDurable):
        await records.write(single(1), may_repeat=False)
    assert await records.write_all([single(1)], may_repeat=False) == [None]
    assert records.trouble == "no connection to Kafka"


async def test_what_may_come_again_waits_behind_what_is_spooled_and_other_things_go_ahead(tmp_path: Path) -> None:
    taker = Taker(away=True)
    async with records_with(taker, tmp_path) as (records, spool):
        first, second = Single(b"same", b"first", ()), Single(b"same", b"second", ())
        await records.write(first, may_repeat=True)
        taker.away = False
        assert await records.write(single(1), may_repeat=False) == "kafka"
        assert await records.write(second, may_repeat=True) == "spool"
        assert await records.write_all([second], may_repeat=True) == ["spool"]
        draining = asyncio.create_task(spool.drain(taker.drained))
        await until(lambda: not spool.holds, "the spool to be empty")
        assert taker.taken == [single(1), first, second, second]
        assert await records.write(second, may_repeat=True) == "kafka"
        draining.cancel()


async def test_what_kafka_will_never_take_is_not_kept_for_it(tmp_path: Path) -> None:
    class Narrow(Taker):
        async def write(self, record: Single) -> None:
            raise Refused("too large")

    async with records_with(Narrow(), tmp_path) as (records, spool):
        with pytest.raises(NotDurable):
            await records.write(single(1), may_repeat=False)
        assert not spool.holds
