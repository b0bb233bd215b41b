"""A lead's way through the stages, end to end: accepted by acting, rejected, back by a hand raise; and a silent one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.routed import LeadRouted
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA, LEAD_STAGE
from tests.e2e import golden
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
START = datetime.fromisoformat("2026-03-10T14:00:00+00:00")  # a Tuesday, 10:00 in New York
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Year:
    """What happens at the door, and what the topics then hold."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.key = pipeline.make_key("--scope", "leads:write", "--scope", "leads:command", "--trusted")

    def at(self, now: datetime) -> None:
        """The time is this; what is due by then is decided."""
        self.pipeline.freeze(now)
        wait(lambda: self.pipeline.edge_clock() == now, "the edge to see the clock", 10)
        self.pipeline.settle()

    def asks(self, person: str, now: datetime, type_: str = "demo_request") -> UUID:
        self.at(now)
        lead = {"email": f"{person}@x.example", "name": person.title(), "type": type_, "country": "US", "state": "NY"}
        golden.post(self.pipeline.url, self.key, "/v1/leads", json.dumps(lead))
        self.pipeline.settle()
        found = [e for e in self.pipeline.events(LEAD_CAPTURED) if e.lead.email == f"{person}@x.example"]
        return found[0].lead_id  # type: ignore[no-any-return]

    def happens(self, person: str, now: datetime, kind: str, by: str | None = None) -> None:
        self.at(now)
        act: dict[str, Any] = {"kind": kind, "email": f"{person}@x.example", "occurred_at": now.isoformat()}
        if by is not None:
            act |= {"actor": {"kind": "person", "id": by}, "direction": "out"}
        golden.post(self.pipeline.url, self.key, "/v1/activities", json.dumps(act))
        self.pipeline.settle()

    def console(self, *arguments: str, code: int = 0) -> Any:
        """The `leadline` command, as a person gives it, and what it tells."""
        environment = {
            **os.environ, "LEADLINE_API_KEY": self.key, "LEADLINE_EDGE_URL": self.pipeline.url,
            "LEADLINE_KAFKA": self.pipeline.stack.kafka,
        }  # fmt: skip
        command = [sys.executable, "-m", "leadline_console", *arguments, "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == code, done.stderr
        self.pipeline.settle()
        return json.loads(done.stdout)

    def stages(self, lead: UUID) -> list[LeadStage]:
        found = [e for e in self.pipeline.events(LEAD_STAGE) if e.lead_id == lead]
        return sorted(found, key=lambda each: each.revision)

    def routed(self, lead: UUID) -> LeadRouted:
        found: list[LeadRouted] = [e for e in self.pipeline.events(LEAD_ROUTED) if e.lead_id == lead]
        return max(found, key=lambda each: each.revision)

    def clocks(self, lead: UUID) -> list[tuple[str, str]]:
        events = sorted((e for e in self.pipeline.events(LEAD_SLA) if e.lead_id == lead), key=lambda e: e.revision)
        return [(e.target, e.kind) for e in events if e.clock == "stage"]


@pytest.fixture(scope="module")
def year(pipeline: Pipeline) -> Iterator[Year]:
    pipeline.start()
    pipeline.freeze(START - MINUTE)
    yield Year(pipeline)


def test_accepted_by_acting_rejected_not_back_by_a_click_and_back_by_a_hand_raise(year: Year) -> None:
    ann = year.asks("ann", START)
    owner = year.routed(ann).owner
    assert owner is not None and [each.stage for each in year.stages(ann)] == ["MQL"]
    year.happens("ann", START + 3 * MINUTE, "email.sent", owner)
    assert [(e.stage, e.way, e.author) for e in year.stages(ann)[1:]] == [("SAL", "acting", owner)]
    assert year.clocks(ann) == [("MQL", "armed"), ("SAL", "armed"), ("MQL", "met")]

    year.at(START + 60 * MINUTE)
    refused = year.console("stage", str(ann), "--to", "SQL", "--author", owner, "--confirmed", "budget", code=1)
    assert (refused["outcome"], refused["why"], refused["stage"]) == ("not_applied", "not_qualified", "SAL")
    assert [(e.kind, e.why) for e in year.stages(ann)[-1:]] == [("not_applied", "not_qualified")]
    told = year.console(
        "stage", str(ann), "--to", "nurture", "--author", owner, "--reason", "not_ready", "--note", "next year"
    )
    assert (told["outcome"], told["stage"]) == ("applied", "nurture")
    put_aside, routed = year.stages(ann)[-1], year.routed(ann)
    assert (put_aside.stage, put_aside.reason, put_aside.status) == ("nurture", "not_ready", "nurture")
    assert (routed.outcome, routed.owner, routed.released, routed.cause) == ("nurture", None, owner, "stage")
    assert year.clocks(ann)[-1] == ("SAL", "met")

    year.happens("ann", START + 4 * DAY, "email.clicked")
    assert (year.routed(ann).outcome, year.stages(ann)[-1].stage) == ("nurture", "nurture")
    year.asks("ann", START + 5 * DAY, "pricing_inquiry")
    back = year.routed(ann)
    assert (back.outcome, back.owner, back.rule, back.counts_as_turn) == ("person", owner, "reentry", False)
    assert year.stages(ann)[-1].stage == "MQL"


def test_who_is_silent_goes_to_nurture_then_to_the_archive_and_onto_the_list(year: Year) -> None:
    start = START + 7 * DAY
    bob = year.asks("bob", start)
    entered = year.stages(bob)[0].since
    year.at(start + 23 * DAY + 2 * MINUTE)
    assert [(e.kind, e.action) for e in year.stages(bob)[1:]] == [("stale", "notice")]
    assert year.clocks(bob) == [("MQL", "armed"), ("MQL", "breached")]
    year.at(start + 30 * DAY + 2 * MINUTE)
    silent = year.stages(bob)[-1]
    assert (silent.stage, silent.way, silent.occurred_at) == ("nurture", "stale", entered + 30 * DAY)
    assert year.routed(bob).outcome == "nurture" and year.routed(bob).owner is None
    year.at(start + 91 * DAY)
    assert [(e.stage, e.stage_reason) for e in year.stages(bob)[-2:]] == [("archived", "unresponsive")] * 2
    year.at(datetime.fromisoformat("2026-07-06T00:02:00+00:00"))
    story = year.console("explain", str(bob))
    assert [each["kind"] for each in story["stages"]][:2] == ["applied", "stale"]
    assert [each["lead_id"] for each in year.console("reactivation", "list")] in ([], [str(bob)])
    year.asks("bob", datetime.fromisoformat("2026-07-07T14:00:00+00:00"))
    assert (year.routed(bob).outcome, year.stages(bob)[-1].stage) == ("person", "MQL")
