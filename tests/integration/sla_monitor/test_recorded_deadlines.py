"""`leadline calendar diff --recorded` over what the monitor holds in PostgreSQL: every page of it, nothing twice."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_local.endpoints import Endpoints
from leadline_runtime.bodies import stored
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_schemas.ids import lead_id
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.calendar_moves import DEADLINES, PAGE
from tests.support.other_calendars import closed_in_new_york, order, shipped_text
from tests.support.sla_story import HOUR, MINUTE, SECOND, Story, captured, named, request, routed

pytestmark = pytest.mark.stack
TUESDAY = datetime(2026, 4, 14, 21, 30, tzinfo=UTC)
EVENING = TUESDAY + 90 * MINUTE
MANY = 2 * PAGE + 3
Run = Callable[..., dict[str, Any]]


def lead(number: int) -> UUID:
    return lead_id(TUESDAY + timedelta(milliseconds=number), UUID(int=number))


def asked() -> Story:
    """Nobody has called; that is due on Wednesday."""
    demo, story = request("r", "demo_request", TUESDAY), Story(TUESDAY)
    story.reads(captured(TUESDAY, demo))
    story.reads(routed(TUESDAY + 2 * SECOND, demo), TUESDAY + 2 * SECOND)
    story.until(EVENING)
    return story


def put(stack: Endpoints, schema: str, rows: list[tuple[UUID, Story | None]]) -> None:
    """The rows as the monitor writes them; None: a body that nobody can read."""
    migrate(stack.database_url, schema, RUNTIME + STEP.migrations)
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}".encode())
        columns = "lead_id, lane, revision, seen, timer_at, judge_at, body"
        with connection.cursor().copy(f"COPY state ({columns}) FROM STDIN".encode()) as copy:
            for lead_, story in rows:
                state = story.state if story else None
                body = STEP.body.encode(state.body) if state else b"{broken"
                times = (state.timer_at, state.judge_at) if state else (EVENING, None)
                copy.write_row((lead_, 0, 1, "{}", *times, stored(body)))
    set_clock(stack.database_url, [schema], EVENING, 0.0)


@pytest.fixture
def diff(stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `leadline calendar diff --recorded --json` against calendars by which New York is closed on Wednesday."""
    monkeypatch.setenv("LEADLINE_DATABASE_URL", stack.database_url)
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    monkeypatch.setattr("leadline_sla_monitor.calendar_moves.SCHEMA", prefix)
    text, _, _ = shipped_text().partition("examples:\n")
    hours = "weekly: {mon-fri: [09:00-18:00]}"
    file = tmp_path / "april.yaml"
    file.write_text(f"{text}examples: []\n".replace(hours, f"{hours}\n    closed: [2026-04-15]", 1))

    def invoke(*arguments: object, code: int = 0) -> dict[str, Any]:
        told = CliRunner().invoke(
            build(), ["calendar", "diff", str(file), "--recorded", "--json", *map(str, arguments)]
        )
        assert told.exit_code == code, told.output
        found: dict[str, Any] = json.loads(told.stdout)["deadlines"] if told.stdout else {"said": told.stderr}
        return found

    return invoke


def test_every_open_deadline_is_counted_once_over_all_pages(stack: Endpoints, prefix: str, diff: Run) -> None:
    waits, over = asked(), asked()
    waits.reads(order("order", closed_in_new_york("2026-04-16"), EVENING), EVENING)
    over.until(EVENING + 40 * 24 * HOUR)  # broken, and waited for no more: there is no alarm
    usual = asked()
    rows: list[tuple[UUID, Story | None]] = [(lead(number), usual) for number in range(MANY)]
    put(stack, prefix, [*rows, (lead(MANY), waits), (lead(MANY + 1), over), (lead(MANY + 2), None)])
    found = diff("--list", 100_000)
    assert (found["leads"], found["unreadable"], found["waiting"]) == (MANY + 1, 1, {"other": 1})
    assert found["at"] == "2026-04-14T23:00:00Z"
    calls = [each["lead"] for each in found["list"] if each["target"] == "first_call"]
    assert sorted(calls) == sorted(str(lead(number)) for number in range(MANY + 1))
    assert found["moved"] == len(found["list"]) == len({(each["lead"], each["target"]) for each in found["list"]})
    told = DEADLINES.standing({lead(MANY): named("order"), lead(0): named("order"), UUID(int=9): UUID(int=9)})
    assert told == {lead(MANY): "waiting", lead(0): "unread", UUID(int=9): "unread"}


def test_a_database_on_which_no_monitor_has_run_says_so(diff: Run) -> None:
    assert "it has never run on it" in diff(code=4)["said"]
