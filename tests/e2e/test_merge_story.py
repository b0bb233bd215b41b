"""Two leads merged and taken apart by commands, end to end: the door, five services, real servers (rules B5.8)."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA
from tests.e2e import golden
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack


def at(clock: str) -> datetime:
    """A time of Tuesday 10 March 2026, UTC; New York opens at 13:00."""
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


class Day:
    """What happens at the door, and what the topics then hold."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.key = pipeline.make_key("--scope", "leads:write", "--scope", "leads:command", "--trusted")

    def at(self, clock: str) -> None:
        """The time is this; what is due by then is decided."""
        self.pipeline.freeze(at(clock))
        wait(lambda: self.pipeline.edge_clock() == at(clock), "the edge to see the clock", 10)
        self.pipeline.settle()

    def asks(self, clock: str, person: str) -> UUID:
        self.at(clock)
        lead = {"email": f"{person}@x.example", "name": person.title(), "type": "demo_request", "country": "US"}
        golden.post(self.pipeline.url, self.key, "/v1/leads", json.dumps({**lead, "state": "NY"}))
        self.pipeline.settle()
        found = [e for e in self.events(LEAD_CAPTURED) if e.lead.email == f"{person}@x.example"]
        return found[0].lead_id  # type: ignore[no-any-return]

    def orders(self, *arguments: str, code: int = 0) -> str:
        """The `leadline leads` command, as a person gives it."""
        environment = {**os.environ, "LEADLINE_API_KEY": self.key, "LEADLINE_EDGE_URL": self.pipeline.url}
        command = [sys.executable, "-m", "leadline_console", "leads", *arguments, "--reason", "one person", "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stderr
        self.pipeline.settle()
        return done.stdout if code == 0 else done.stderr

    def events(self, topic: Any) -> list[Any]:
        return self.pipeline.events(topic)

    def promises(self, *kinds: str) -> list[LeadSla]:
        return [e for e in self.events(LEAD_SLA) if e.target == "first_email" and e.kind in kinds]


@pytest.fixture(scope="module")
def day(pipeline: Pipeline) -> Iterator[Day]:
    pipeline.start()
    pipeline.freeze(at("13:59:00"))
    yield Day(pipeline)


def test_a_merge_and_an_unmerge_from_end_to_end(day: Day) -> None:
    ann, bob = day.asks("14:00:00", "ann"), day.asks("14:03:00", "bob")
    day.at("14:04:00")
    done = json.loads(day.orders("merge", str(ann), str(bob)))
    assert done["outcome"] == "applied"
    captured: list[LeadCaptured] = day.events(LEAD_CAPTURED)
    root = next(e for e in captured if e.lead_id == ann and e.aliases)
    tombstone = next(e for e in captured if e.outcome == "tombstone")
    assert (root.aliases, tombstone.lead_id) == ((bob,), bob)
    assert tombstone.merged_into is not None and tombstone.merged_into.revision == root.revision
    cancelled, armed = day.promises("cancelled"), {e.lead_id: e.cycle for e in day.promises("armed")}
    assert [(e.cycle, e.reason, e.lead_id) for e in cancelled] == [(armed[bob], "merged", ann)]

    routed: list[LeadRouted] = [e for e in day.events(LEAD_ROUTED) if e.lead_id in (ann, bob)]
    owner_of_bob = next(e.owner for e in routed if e.lead_id == bob)
    told = {e.lead_id: e for e in routed if e.cause == "merged"}
    assert (told[ann].released, told[ann].turn_returned) == (owner_of_bob, None)
    returned = told[bob].turn_returned
    assert returned is not None, "of the part it is only told that its turn was given back"
    assert returned.member == owner_of_bob

    day.at("14:30:00")
    assert [(e.cycle, e.due_at) for e in day.promises("breached")] == [(armed[ann], at("14:05:00"))]

    assert "one lead already" in day.orders("merge", str(ann), str(bob), code=1)
    day.at("15:00:00")
    day.orders("unmerge", str(bob))
    (again,) = [e for e in day.promises("armed") if e.reason == "unmerged"]
    assert (again.lead_id, again.cycle, again.due_at) == (bob, armed[bob], at("15:05:00"))
    last = [e for e in day.events(LEAD_ROUTED) if e.lead_id == bob][-1]
    assert (last.owner, last.cause) == (owner_of_bob, "unmerged")
    day.at("16:00:00")
    assert {e.cycle for e in day.promises("breached")} == {armed[ann], armed[bob]}
    assert "part of no other" in day.orders("unmerge", str(bob), code=1)
