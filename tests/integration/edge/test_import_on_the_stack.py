"""A list through the whole way in, with kill -9 of whoever is at work: every row is there, and none is there twice."""

import asyncio
import csv
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from leadline_local.endpoints import Endpoints
from leadline_schemas.codec import decode
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.edge.conftest import Servers
from tests.integration.edge.test_door_process import command, door_process, free_port, leadline
from tests.integration.edge.world import records_of
from tests.load.csv_rates import write_list
from tests.support.running import until

ROWS = 12_000


@pytest.fixture(scope="module")
def prepared(own: Servers) -> Endpoints:
    """Servers with the topics declared."""
    stack = own.up()
    leadline(stack, "topics", "apply", "--replication", "1", "--file", "deploy/kafka/topics.yaml")
    return stack


@pytest.fixture
def key(prepared: Endpoints, request: pytest.FixtureRequest) -> str:
    """A key of a source of its own, so that each test finds its own submissions."""
    source = f"list_{abs(hash(request.node.name)) % 10**8}"
    told = leadline(prepared, "keys", "create", "--name", "t", "--source", source, "--rate", "100000", "--json")
    return str(json.loads(told)["key"])


@asynccontextmanager
async def importing(stack: Endpoints, key: str, port: int, path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`leadline import` as a process."""
    url = f"http://127.0.0.1:{port}"
    given = command("leadline_console", "import", str(path), "--json", stack=stack, LEADLINE_API_KEY=key)
    env = {**given["env"], "LEADLINE_EDGE_URL": url}
    running = await asyncio.create_subprocess_exec(
        *given["args"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
            await running.communicate()


async def whole(running: asyncio.subprocess.Process) -> dict[str, Any]:
    """What it says when it is done."""
    out, said = await asyncio.wait_for(running.communicate(), 120)
    assert running.returncode == 0, said.decode()
    told: dict[str, Any] = json.loads(out)
    return told


def rows_done(folder: Path) -> int:
    """How far the journal says it is."""
    for journal in folder.glob("*.journal"):
        lines = [json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}")]
        return int(lines[-1].get("row", 0)) if lines else 0
    return 0


def is_done(folder: Path, rows: int) -> bool:
    """Whether the journal says that so many rows are done."""
    return rows_done(folder) >= rows


def report_of(told: dict[str, Any]) -> list[dict[str, str]]:
    """The lines of the report."""
    return list(csv.DictReader(Path(told["report"]).read_text(encoding="utf-8").splitlines()))


async def check(stack: Endpoints, told: dict[str, Any], key: str) -> None:
    """Every row has its one line in the report, and what it says is in Kafka: one submission for each row."""
    assert (told["rows"], told["accepted"]) == (ROWS, ROWS)
    report = report_of(told)
    assert [int(row["row"]) for row in report] == list(range(1, ROWS + 1))
    records = [decode(LEAD_RECEIVED, record.value) for record in await records_of(stack, "lead.received", 24)]
    mine = [each for each in records if each.authentication.key_id == key.split("_")[1]]
    bodies: dict[str, set[str]] = {}
    for each in mine:
        bodies.setdefault(str(each.submission_id), set()).add(each.body)
    assert set(bodies) == {row["submission_id"] for row in report} and len(bodies) == ROWS
    assert all(len(found) == 1 for found in bodies.values()), "a repeat says the same, so that it changes nothing"


@pytest.mark.stack
async def test_an_import_that_is_killed_goes_on_where_it_was(prepared: Endpoints, key: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_list(path, ROWS, 11)
    async with door_process(prepared) as door:
        await door.ready()
        for at_least in (1, ROWS // 2):
            async with importing(prepared, key, door.port, path) as running:
                await until(partial(is_done, tmp_path, at_least), "some rows", 60)
                running.kill()
                await running.communicate()
                assert rows_done(tmp_path) < ROWS, "it was to be killed on its way"
        async with importing(prepared, key, door.port, path) as running:
            await check(prepared, await whole(running), key)


@pytest.mark.stack
async def test_a_door_that_is_killed_and_comes_back_loses_no_row(prepared: Endpoints, key: str, tmp_path: Path) -> None:
    path, port = tmp_path / "list.csv", str(free_port())
    write_list(path, ROWS, 12)
    async with door_process(prepared, LEADLINE_EDGE_PORT=port) as door:
        await door.ready()
        async with importing(prepared, key, int(port), path) as running:
            await until(partial(is_done, tmp_path, 1), "some rows", 60)
            door.running.kill()
            await door.running.wait()
            done = rows_done(tmp_path)
            async with door_process(prepared, LEADLINE_EDGE_PORT=port) as again:
                await again.ready()
                told = await whole(running)
                assert done < ROWS, "the door was to be killed on the way"
                await check(prepared, told, key)
