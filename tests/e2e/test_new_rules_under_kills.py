"""New rules over stored leads while instances die: each lead is told once, whatever was killed in the middle."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import leadline_score
from leadline_schemas.codec import decode
from leadline_schemas.scored import LeadScored
from leadline_schemas.topics import LEAD_SCORED, dead_letter_topic
from tests.support.known_leads import known_leads, write
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
LEADS, RATE = 600, 150
SHIPPED = (Path(leadline_score.__file__).parent / "rules" / "scoring.yaml").read_text()


class World:
    """Score alone, in two instances, with a rules file of its own."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.rules = pipeline, pipeline.directory / "rules"
        self.rules.mkdir()
        self.publish("standard")
        self.settings = {
            "LEADLINE_RULES_DIR": str(self.rules), "LEADLINE_RULES_RELOAD_S": "0.1",
            "LEADLINE_RESCORE_PER_S": str(RATE),
        }  # fmt: skip

    def publish(self, preset: str) -> None:
        """New rules are put in place as a whole."""
        new = self.rules / "scoring.new"
        new.write_text(SHIPPED.replace("preset: standard", f"preset: {preset}"))
        new.rename(self.rules / "scoring.yaml")

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask score's schema."""
        with psycopg.connect(self.pipeline.stack.database_url, options="-c search_path=score") as connection:
            return connection.execute(statement.encode()).fetchall()

    def leadline(self, *arguments: str) -> Any:
        """What a `leadline` command answers."""
        environment = {**os.environ, "LEADLINE_DATABASE_URL": self.pipeline.stack.database_url}
        argv = [sys.executable, "-m", "leadline_console", *arguments]
        made = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True, timeout=60)
        return json.loads(made.stdout)

    def told(self) -> int:
        """How many leads the pass has asked for."""
        return int(self.ask("SELECT coalesce(sum(told), 0) FROM rescoring WHERE from_digest IS NOT NULL")[0][0])

    def done(self) -> bool:
        """Is every lane through, and decided?"""
        open_lanes, waiting = "SELECT 1 FROM rescoring WHERE done_at IS NULL", "SELECT 1 FROM inbox"
        return self.told() > 0 and not self.ask(open_lanes) and not self.ask(waiting)


@pytest.fixture(scope="module")
def world(pipeline: Pipeline) -> Iterator[World]:
    made = World(pipeline)
    pipeline.start(["score"], **made.settings)
    pipeline.spawn("score", "2", **made.settings)
    pipeline.wait_ready("score2")
    yield made


def test_each_lead_is_told_once_however_many_instances_die(world: World) -> None:
    pipeline = world.pipeline
    leads = asyncio.run(write(pipeline.stack.kafka, known_leads("l", datetime.now(UTC), LEADS), pipeline.partitions))
    wait(lambda: world.ask("SELECT count(*) FROM state") == [(LEADS,)], "all leads to be scored", 60)

    world.publish("eager")
    for part, label in ((LEADS // 6, "score"), (LEADS // 2, "score2")):
        wait(lambda part=part: world.told() >= part, f"{part} leads to be asked for", 60)
        pipeline.kill(label)
        pipeline.spawn("score", label.removeprefix("score"), **world.settings)
    wait(world.done, "the pass to be done", 90)

    events: list[LeadScored] = pipeline.events(LEAD_SCORED)
    changes = {(event.lead_id, event.revision): event for event in events if event.cause == "rules_change"}
    assert Counter(lead for lead, _ in changes) == Counter(leads), "one revision of each lead says so"
    assert all(event.review is not None and event.scorecard.mql for event in changes.values())
    assert _bytes_of_each(pipeline) == 1, "what was published twice was the same"
    assert pipeline.raw(dead_letter_topic("score")) == []
    assert world.ask("SELECT count(*), min(state), max(state) FROM review") == [(LEADS, "waiting", "waiting")]

    lanes = world.leadline("score", "rescoring", "--json")
    assert {(lane["told"] >= lane["total"], lane["done_at"] is not None) for lane in lanes} == {(True, True)}
    assert {lane["digest"] for lane in lanes} == {event.basis.rules.digest for event in changes.values()}
    found = world.leadline("score", "review", "list", "--most", "3", "--json")
    assert [(each["signal_before"], each["signal"], each["state"]) for each in found] == [("IQL", "MQL", "waiting")] * 3
    assert world.leadline("score", "review", "show", found[0]["lead_id"], "--json") == found[0]

    world.publish("standard")
    wait(lambda: world.ask("SELECT count(*) FROM review") == [(0,)], "the rules of before to be in force", 90)
    wait(world.done, "that pass to be done", 60)
    back = [e for e in pipeline.events(LEAD_SCORED) if e.cause == "rules_change" and not e.scorecard.mql]
    assert Counter(event.lead_id for event in back) == Counter(leads)


def _bytes_of_each(pipeline: Pipeline) -> int:
    """How many different values any one revision of a lead was published with."""
    found: dict[tuple[UUID, int], set[bytes]] = {}
    for record in pipeline.raw(LEAD_SCORED.name):
        event = decode(LEAD_SCORED, record.value or b"")
        found.setdefault((event.lead_id, event.revision), set()).add(record.value or b"")
    return max(map(len, found.values()))
