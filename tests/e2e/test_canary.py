"""Canaries through the running pipeline: they come through, leave nothing, and tell where leads are stuck."""

import json
import subprocess
import sys
import urllib.request
from typing import Any

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from psycopg import sql

from tests.support.pipeline import PROGRAMS, STEPS, Pipeline, wait

pytestmark = pytest.mark.stack
KEY = "ll_canary_" + "0123456789abcdef" * 3
PROGRAM = ("leadline_console", "canary", "watch")


@pytest.fixture(scope="module")
def watched(pipeline: Pipeline) -> Pipeline:
    """The pipeline with a canary every four seconds."""
    pipeline.environment["LEADLINE_CANARY_KEY"] = KEY
    pipeline.start()
    pipeline.spawn("canary", program=PROGRAM, LEADLINE_EDGE_URL=pipeline.url, LEADLINE_CANARY_EVERY_S="4",
                   LEADLINE_CANARY_PATIENCE_S="3")  # fmt: skip
    pipeline.wait_ready("canary")
    return pipeline


def told(pipeline: Pipeline, process: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples with these labels; 0 if there is none."""
    with urllib.request.urlopen(f"http://127.0.0.1:{pipeline.ports[process]}/metrics", timeout=30) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return sum(
        sample.value for family in families for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )  # fmt: skip


def arrived(pipeline: Pipeline) -> float:
    return told(pipeline, "canary", "leadline_canary_arrived_total")


def rows(pipeline: Pipeline) -> dict[str, int]:
    """How many rows the tables hold that could grow with a lead."""
    tables = [(step.replace("-", "_"), table) for step in STEPS for table in ("state", "inbox")]
    tables += [("capture", name) for name in ("submission", "reservation", "idempotency")]
    with psycopg.connect(pipeline.stack.database_url) as connection:
        found = {}
        for schema, table in tables:
            row = connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            ).fetchone()
            assert row is not None
            found[f"{schema}.{table}"] = int(row[0])
    return found


def test_canaries_come_through_are_timed_and_leave_nothing(watched: Pipeline) -> None:
    before = rows(watched)
    wait(lambda: arrived(watched) >= 3, "three canaries to come through", 90)
    assert rows(watched) == before
    for topic in ("lead.captured", "lead.enriched", "lead.scored", "lead.routed", "lead.sla"):
        assert told(watched, "canary", "leadline_canary_hop_seconds_count", topic=topic) >= 3
    assert told(watched, "capture-edge", "leadline_submissions_accepted_total") == 0
    assert told(watched, "capture", "leadline_leads_captured_total") == 0
    assert told(watched, "score", "leadline_scored_total") == 0
    assert told(watched, "route", "leadline_routed_total") == 0
    for name in ("armed", "due", "met", "breached"):
        assert told(watched, "sla-monitor", f"leadline_sla_{name}_total") == 0
    for step in STEPS:
        assert told(watched, step, "leadline_dead_letters_total") == 0


def canary(pipeline: Pipeline, *more: str) -> tuple[int, Any]:
    """`leadline canary send`: its exit code and what it says."""
    environment = {"LEADLINE_CANARY_KEY": KEY, "PATH": "", "LEADLINE_HOME": str(pipeline.directory / "no stack")}
    done = subprocess.run(
        [sys.executable, "-m", "leadline_console", "canary", "send", "--json", "--edge", pipeline.url, "--kafka",
         pipeline.stack.kafka, *more],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, json.loads(done.stdout)


def test_where_leads_are_stuck_is_told_and_that_they_go_on_again(watched: Pipeline) -> None:
    code, said = canary(watched)
    assert (code, said["arrived"], said["last_seen"]) == (0, True, "lead.sla")
    watched.kill("route")
    code, said = canary(watched, "--wait", "5")
    assert (code, said["arrived"], said["last_seen"]) == (1, False, "lead.scored")
    missed = {"name": "leadline_canary_missed_total", "last_seen": "lead.scored"}
    wait(lambda: told(watched, "canary", **missed) >= 1, "a canary to be missed", 60)
    seen = arrived(watched)
    watched.start(["route"])
    wait(lambda: arrived(watched) > seen, "canaries to come through again", 60)


def test_a_door_that_is_gone_is_noticed(watched: Pipeline) -> None:
    watched.kill("capture-edge")
    code, said = canary(watched)
    assert (code, said["last_seen"]) == (1, "nowhere")
    assert said["why"].startswith(f"The door at {watched.url} does not answer")
    assert set(PROGRAMS) - set(watched.running) == {"capture-edge"}
