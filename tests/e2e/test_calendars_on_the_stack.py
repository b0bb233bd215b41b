"""A holiday is added while clocks run, with all processes: seen first, published, ordered once, told to who asks.

Two monitors, of which one reads the new calendars too late and is killed: its orders wait, the other carries them out.
"""

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from tests.support.other_calendars import shipped_text
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
LEADS = 16
TUESDAY = datetime(2026, 4, 14, 21, 30, tzinfo=UTC)  # half an hour before New York closes
EVENING = datetime(2026, 4, 14, 23, tzinfo=UTC)
WEDNESDAY, THURSDAY = datetime(2026, 4, 15, 13, 30, tzinfo=UTC), datetime(2026, 4, 16, 13, 30, tzinfo=UTC)
HOURS = "weekly: {mon-fri: [09:00-18:00]}"


def calendars(*, closed: bool) -> str:
    """The calendars that ship, without their examples; with New York closed on Wednesday, if `closed`."""
    text, _, _ = shipped_text().partition("examples:\n")
    if closed:
        text = re.sub(r"(?m)^version: .*", "version: april", text)
        text = text.replace(HOURS, f"{HOURS}\n    closed: [2026-04-15]")
    return f"{text}examples: []\n"


def folder(at: Path) -> Path:
    """A folder of rules with the calendars of before."""
    at.mkdir()
    (at / "calendars.yaml").write_text(calendars(closed=False))
    return at


class Console:
    """The command, as a person calls it where the rules are published."""

    def __init__(self, pipeline: Pipeline, rules: Path, key: str) -> None:
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")},
            "LEADLINE_KAFKA": pipeline.stack.kafka, "LEADLINE_DATABASE_URL": pipeline.stack.database_url,
            "LEADLINE_EDGE_URL": pipeline.url, "LEADLINE_API_KEY": key, "LEADLINE_RULES_DIR": str(rules),
        }  # fmt: skip

    def says(self, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "leadline_console", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def diff(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.says("calendar", "diff", *arguments, "--json", code=code))
        return found


def moved(pipeline: Pipeline) -> list[LeadSla]:
    return [event for event in pipeline.events(LEAD_SLA) if event.kind == "moved"]


def post(pipeline: Pipeline, key: str, number: int) -> None:
    lead = {"email": f"ann{number}@bay{number}.example", "name": f"Ann {chr(65 + number)}", "type": "demo_request",
            "phone": f"+1212555{1000 + number}", "country": "US", "state": "NY"}  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{pipeline.url}/v1/leads", json.dumps(lead).encode(), headers, method="POST")
    assert urllib.request.urlopen(request, timeout=60).status == 202


def test_a_holiday_moves_open_deadlines_by_order_and_once(pipeline: Pipeline, tmp_path: Path) -> None:
    published, behind = folder(tmp_path / "rules"), folder(tmp_path / "behind")
    pipeline.environment["LEADLINE_RULES_DIR"] = str(published)
    pipeline.start()
    pipeline.spawn("sla-monitor", "-2", LEADLINE_RULES_DIR=str(behind))
    pipeline.wait_ready("sla-monitor-2")
    key = pipeline.make_key("--trusted", "--scope", "leads:write", "--scope", "leads:command")
    console = Console(pipeline, published, key)
    pipeline.freeze(TUESDAY)
    wait(lambda: pipeline.edge_clock() == TUESDAY, "the door to know the time", 20)
    for number in range(LEADS):
        post(pipeline, key, number)
    pipeline.settle(120)
    pipeline.freeze(EVENING)
    pipeline.settle(120)

    april = tmp_path / "april.yaml"
    april.write_text(calendars(closed=True))
    seen = console.diff("current", str(april), "--recorded", "--list", "1000")
    calls = [each for each in seen["deadlines"]["list"] if each["target"] == "first_call"]
    assert len({each["lead"] for each in calls}) == len(calls) == LEADS
    assert {(each["due_before"], each["due_at"]) for each in calls} == {
        ("2026-04-15T13:30:00Z", "2026-04-16T13:30:00Z")
    }
    assert {why for each in calls for why in each["why"]} == {"2026-04-15: closed instead of 09:00-18:00"}
    console.says("calendar", "diff", str(april), "--apply", "--reason", "Patriots' Day", code=1)
    assert not moved(pipeline), "it is not published"

    (published / "calendars.yaml").write_text(calendars(closed=True))
    wait(lambda: "rules reloaded" in pipeline.log("sla-monitor"), "the first monitor to read it", 60)
    apply = ("current", "--apply", "--reason", "Patriots' Day", "--author", "mia")
    ordered = console.diff(*apply, "--wait", "20", code=1)["applied"]
    assert ordered["ordered"] == LEADS and set(ordered["standing"]) == {"applied", "waiting"}, (
        "the lanes of the second monitor wait"
    )
    assert len({event.lead_id for event in moved(pipeline)}) == ordered["standing"]["applied"]
    waiting = console.diff("current", "--recorded")["deadlines"]["waiting"]
    assert waiting == {"april": ordered["standing"]["waiting"]}

    pipeline.kill("sla-monitor-2")
    pipeline.set_clock(EVENING, 1.0)
    wait(lambda: not console.diff("current", "--recorded")["deadlines"]["moved"], "all to have moved", 90, every=1)
    once = moved(pipeline)
    places = Counter((event.lead_id, event.clock, event.cycle, event.target, event.assignment) for event in once)
    assert set(places.values()) == {1} and len(once) == seen["deadlines"]["moved"]
    assert {event.due_at for event in once if event.target == "first_call"} == {THURSDAY}

    assert console.diff(*apply)["applied"]["leads"] == 0
    assert len(moved(pipeline)) == len(once), "ordered twice, moved once"
    story = console.says("explain", calls[0]["lead"])
    assert "calendar.applied (april) by person mia" in story
    assert "moved from due 2026-04-15 13:30:00Z to 2026-04-16 13:30:00Z, counted by april (holidays " in story
