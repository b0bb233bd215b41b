"""Kafka away: the door keeps what comes on its own disk, and gives it on when Kafka is back, whatever happens to it."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from leadline_runtime.spool_files import SpoolFiles
from leadline_schemas.codec import decode
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_RECEIVED
from tests.integration.edge.conftest import Servers
from tests.integration.edge.test_door_process import command
from tests.integration.edge.test_door_without_servers import becomes, paused
from tests.integration.edge.world import LEAD, open_world
from tests.support.pipeline import Pipeline, wait
from tests.support.running import until

pytestmark = pytest.mark.stack


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "leadline-test", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small tmpfs, and not in every container")
    yield place
    subprocess.run(["umount", str(place)], check=True)


async def test_while_kafka_hangs_all_is_taken_in_and_arrives_once(own: Servers, prefix: str, tmp_path: Path) -> None:
    async with open_world(own.up(), prefix, edge_spool_dir=tmp_path) as world:
        async with paused(own, "kafka"):
            began = monotonic()
            first = await asyncio.gather(*[world.post("/v1/leads", {**LEAD, "name": f"N{n}"}) for n in range(20)])
            assert monotonic() - began < 1.2
            began = monotonic()
            known = await world.post("/v1/leads", {**LEAD, "id": "own-1"})
            batch = await world.post("/v1/leads/batch", [LEAD] * 10)
            assert monotonic() - began < 0.5, "it is known by now that Kafka is away"
            assert {status for status, _ in (*first, known, batch)} == {202}
            assert (await world.ready())[0] == 200
            counted = world.edge.registry.get_sample_value
            await until(lambda: counted("leadline_spool_records") == 31, "the metric")
            assert counted("leadline_submissions_spooled_total", {"source": "website"}) == 31
        spool = world.edge.records.spool
        assert spool is not None
        await until(lambda: not spool.holds, "the spool to be empty")
        told = [answer["submission_id"] for _, answer in (*first, known)]
        told += [each["submission_id"] for each in batch[1]["results"]]
        ids = [str(decode(LEAD_RECEIVED, record.value).submission_id) for record in await world.written()]
        assert set(ids) == set(told) and len(told) == 31


async def test_a_full_disk_is_said_within_a_second_and_costs_nothing_that_was_promised(
    own: Servers, prefix: str, small_disk: Path
) -> None:
    async with open_world(own.up(), prefix, edge_spool_dir=small_disk) as world:
        told: list[Any] = []
        async with paused(own, "kafka"):
            while True:
                began = monotonic()
                answer = await world.post("/v1/leads", {**LEAD, "message": "x" * 4000})
                assert monotonic() - began < 1.2
                if answer[0] != 202:
                    break
                told.append(answer[1]["submission_id"])
            assert (answer[0], answer[1]["code"]) == (503, "not_durable") and len(told) > 5
            await becomes(world, 503, 5)
            writable = world.edge.registry.get_sample_value
            await until(lambda: writable("leadline_spool_writable") == 0, "the metric")
        await becomes(world, 200, 20)
        spool = world.edge.records.spool
        assert spool is not None
        await until(lambda: not spool.holds, "the spool to be empty")
        assert (await world.post("/v1/leads", LEAD))[0] == 202
        assert set(told) <= {record.key.decode() for record in await world.written()}


@pytest.fixture
def pipeline(own: Servers, tmp_path: Path) -> Iterator[Pipeline]:
    """The door with a spool, and the step behind it."""
    spool = {"LEADLINE_EDGE_SPOOL_DIR": str(tmp_path / "spool")}
    made = Pipeline(own.up(), tmp_path / "programs", spool, partitions=24)
    made.prepare()
    try:
        yield made
    finally:
        made.stop()


async def _send(pipeline: Pipeline, key: str, names: range) -> list[str]:
    """Send leads of these numbers and give the ids of those that were answered 202, until the door is gone."""
    told: list[str] = []
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def some(http: ClientSession, mine: range) -> None:
        for n in mine:
            body = json.dumps({"email": f"n{n}@spool.example", "type": "demo_request"})
            try:
                async with http.post(f"{pipeline.url}/v1/leads", data=body, headers=headers) as answer:
                    if answer.status == 202:
                        told.append((await answer.json())["submission_id"])
            except ClientError:
                return

    async with ClientSession() as http:
        await asyncio.gather(*[some(http, names[n::16]) for n in range(16)])
    return told


async def test_killed_while_it_keeps_and_while_it_drains_nothing_is_lost_and_nothing_counts_twice(
    own: Servers, pipeline: Pipeline
) -> None:
    pipeline.start(["capture-edge"])
    key = pipeline.make_key()
    told = await _send(pipeline, key, range(20))
    own.signal("kafka", signal.SIGKILL)
    told += await _send(pipeline, key, range(20, 1100))
    assert len(told) == 1100

    pipeline.kill("capture-edge")
    pipeline.spawn("capture-edge", LEADLINE_CRASH_AT="capture-edge:spool_before_sync:20")
    pipeline.wait_ready("capture-edge")  # Kafka is still away: the disk is enough
    wait(lambda: pipeline.edge_says().get("keys", 0) > 0, "the keys", 10)
    told += await _send(pipeline, key, range(1100, 1900))
    assert pipeline.running["capture-edge"].wait(10) == -signal.SIGKILL

    for point in ("spool_done:1", "spool_done:2", "spool_deleted:1"):
        pipeline.spawn("capture-edge", LEADLINE_CRASH_AT=f"capture-edge:{point}")
        await asyncio.to_thread(own.up)
        assert await asyncio.to_thread(pipeline.running["capture-edge"].wait, 60) == -signal.SIGKILL, point
    pipeline.start(["capture-edge"])
    wait(lambda: pipeline.edge_says().get("spooled") == 0, "the spool to be empty", 30)
    pipeline.start(["capture"])
    await asyncio.to_thread(wait, lambda: pipeline.lag("capture") == 0, "the step to have read all", 120)

    received = {record.key.decode() for record in pipeline.raw("lead.received") if record.key}
    assert set(told) <= received and len(set(told)) == len(told) > 1100
    events = {dict(each.headers)["ce_id"]: each.value for each in pipeline.raw("lead.captured")}
    captured = [decode(LEAD_CAPTURED, value or b"") for value in events.values()]
    captured = [event for event in captured if (event.lead.email or "").endswith("@spool.example")]
    people = {event.lead.email for event in captured}
    assert len({event.lead_id for event in captured}) == len(captured) == len(people)
    assert len(people) >= len(told), "one lead for each that was promised"


def test_a_second_door_on_one_spool_does_not_start_and_says_why(tmp_path: Path) -> None:
    taken = SpoolFiles(tmp_path / "spool")
    taken.open()
    given = command("leadline_capture", "edge", LEADLINE_EDGE_SPOOL_DIR=str(tmp_path / "spool"))
    done = subprocess.run(**given, capture_output=True, text=True, check=False, timeout=60)
    taken.close()
    assert done.returncode == 2
    assert "another process uses the spool directory" in done.stderr and "Traceback" not in done.stderr
