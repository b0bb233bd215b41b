"""This machine's clock against a real PostgreSQL's: right, ahead, behind."""

from time import time

import pytest
from prometheus_client import CollectorRegistry

from leadline_local.endpoints import Endpoints
from leadline_runtime.clock_skew import ClockWatch
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.sql import DatabaseTrouble

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("ahead", [0.0, 90.0, -90.0])
async def test_a_machine_whose_clock_is_wrong_finds_out_by_how_much(stack: Endpoints, ahead: float) -> None:
    metrics = RuntimeMetrics("route", CollectorRegistry())
    found = await ClockWatch(stack.database_url, metrics, wall=lambda: time() + ahead).look()
    assert abs(found.seconds - ahead) <= found.bound_s + 0.001, "server and test read one and the same clock"
    assert found.bound_s < 5


async def test_without_a_database_nothing_is_claimed() -> None:
    metrics = RuntimeMetrics("route", CollectorRegistry())
    with pytest.raises(DatabaseTrouble):
        await ClockWatch("postgresql://nobody:x@127.0.0.1:1/none", metrics).look()
