"""A promise stands still by the command, and an unanswered lead climbs its ladder to the queue, with all processes.

The monitor is killed while a clock stands still. Tuesday 10 March 2026; New York is four hours behind.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA
from tests.e2e import golden
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
LAST = "  - {at: 100, tell: [owner, manager]}\n"
ANN = {"email": "ann@x.example", "name": "Ann Lee", "phone": "+1 212 555 0142", "type": "demo_request",
       "country": "US", "state": "NY"}  # fmt: skip


def at(clock: str) -> datetime:
    """A time of the day, UTC."""
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


def with_a_queue_at_the_end(folder: Path) -> Path:
    """The rules that ship, but with two steps after the due time."""
    folder.mkdir()
    text = (files("leadline_sla_monitor") / "rules" / "sla.yaml").read_text()
    assert text.count(LAST) == 1
    after = "  - {at: 150, tell: [manager]}\n  - {at: 300, tell: [manager], then: queue}\n"
    (folder / "sla.yaml").write_text(text.replace(LAST, LAST + after))
    return folder


class Day:
    """One lead, and what people order about it."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.key = pipeline.make_key("--scope", "leads:write", "--scope", "leads:command", "--trusted")
        self.at("14:00:00")
        golden.post(pipeline.url, self.key, "/v1/leads", json.dumps(ANN))
        pipeline.settle()
        self.lead: UUID = pipeline.events(LEAD_CAPTURED)[0].lead_id

    def at(self, clock: str) -> None:
        """The time is this; what is due by then is decided."""
        self.pipeline.freeze(at(clock))
        wait(lambda: self.pipeline.edge_clock() == at(clock), "the edge to see the clock", 20)
        self.pipeline.settle(120)

    def says(self, *arguments: str, code: int = 0) -> str:
        """The command, as a person gives it."""
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")},
            "LEADLINE_API_KEY": self.key, "LEADLINE_EDGE_URL": self.pipeline.url,
            "LEADLINE_KAFKA": self.pipeline.stack.kafka,
        }  # fmt: skip
        command = [sys.executable, "-m", "leadline_console", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def orders(self, *arguments: str, code: int = 0) -> dict[str, dict[str, Any]]:
        """What an order about clocks made of each promise."""
        told = self.says("sla", *arguments, "--wait", "60", "--json", code=code)
        return {each["target"]: each for each in json.loads(told)["promises"]}

    def told(self, target: str, *kinds: str) -> list[LeadSla]:
        return [e for e in self.pipeline.events(LEAD_SLA) if e.target == target and e.kind in kinds]


def test_a_pause_moves_the_due_time_and_who_is_not_answered_ends_in_the_queue(
    pipeline: Pipeline, tmp_path: Path
) -> None:  # fmt: skip
    pipeline.environment["LEADLINE_RULES_DIR"] = str(with_a_queue_at_the_end(tmp_path / "rules"))
    pipeline.start()
    pipeline.freeze(at("13:59:00"))
    day = Day(pipeline)
    lead = str(day.lead)

    day.at("14:02:00")
    until = ("--until", "2026-03-10T18:00:00Z", "--author", "ana")
    moved = day.orders("pause", lead, "--reason", "call_me_after", *until, "--note", "in a meeting")
    dues = {target: (each["kind"], each["due_at"]) for target, each in moved.items()}
    assert dues["first_email"] == ("paused", "2026-03-10T18:03:00+00:00")
    assert dues["first_call"] == ("paused", "2026-03-10T18:58:00+00:00")
    refused = day.orders("pause", lead, "--reason", "manager", *until, code=1)
    assert {each["reason"] for each in refused.values()} == {"not_the_manager"}

    pipeline.kill("sla-monitor")
    pipeline.spawn("sla-monitor")
    pipeline.wait_ready("sla-monitor")
    day.at("16:00:00")
    assert not day.told("first_email", "breached") and not day.told("owner_response", "lapsed")
    runs = day.orders("resume", lead, "--author", "ana")
    assert runs["first_email"]["due_at"] == "2026-03-10T16:03:00+00:00"

    day.at("16:30:00")
    assert [e.due_at for e in day.told("first_email", "breached")] == [at("16:03:00")]
    for clock in ("17:00:00", "17:30:00", "18:00:00", "19:00:00"):
        day.at(clock)
    steps = day.told("first_call", "breached", "escalated")
    assert [(e.level, e.occurred_at, e.then) for e in steps] == [
        (1, at("16:58:00"), None), (150, at("17:28:00"), None), (300, at("18:58:00"), "queue"),
    ]  # fmt: skip
    routed: list[LeadRouted] = sorted(pipeline.events(LEAD_ROUTED), key=lambda each: each.revision)
    assert (routed[-1].outcome, routed[-1].cause, routed[-1].owner) == ("queue", "sla_ladder", None)
    assert "of its time are over: to the queue" in (routed[-1].reason or "")
    told = Counter((e.cycle, e.target, e.assignment, e.kind, e.level) for e in pipeline.events(LEAD_SLA) if e.level)
    assert set(told.values()) == {1}, "each step once"
    story = day.says("explain", lead)
    assert "stands still until 2026-03-10 18:00:00Z by ana (call_me_after)" in story
    assert "pause refused: only who is or was a manager of this lead may give that reason" in story
