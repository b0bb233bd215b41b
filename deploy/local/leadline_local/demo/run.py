"""`leadline demo`: the whole pipeline for about a minute, in a folder of its own that is thrown away at the end."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from leadline_local import pipeline, stack
from leadline_local.demo.board import Board
from leadline_local.demo.cast import SECRETS, cast
from leadline_local.demo.feed import Feed
from leadline_local.demo.screen import Screen
from leadline_local.demo.watch import watch
from leadline_local.errors import StackError
from leadline_local.server import Report
from leadline_runtime.clock_setting import set_clock

START = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
SCHEMAS = ("capture", "enrich", "score", "route", "sla_monitor", "notify")
PARTITIONS = 4
ENOUGH_S = 50.0  # the last submission is in after 25 s, the last deadline passes after 35 s


def settings() -> dict[str, str]:
    """What the services get for the demo: short promises, known secrets, few partitions for a quick start."""
    return {
        "LEADLINE_RULES_DIR": str(Path(__file__).parent / "rules"),
        "LEADLINE_SOURCE_SECRETS": json.dumps(SECRETS),
        "LEADLINE_EDGE_KEYS_EVERY_S": "0.5",
    }


def run(directory: Path, *, report: Report) -> str:
    """Start, show, stop; gives what was seen and what to do next. Raises StackError if something was not seen."""
    os.environ["LEADLINE_PARTITIONS"] = str(PARTITIONS)
    try:
        running = pipeline.up(directory, report=report, environment=settings(), canary=False)
        set_clock(running.endpoints.database_url, SCHEMAS, START, 1.0)
        started = monotonic()
        key = _key(running)
        board = asyncio.run(_play(running, key, started))
    finally:
        pipeline.down(directory, report=report)
        stack.purge(directory)
    if not _all_seen(board):
        raise StackError(
            f"Within {ENOUGH_S:.0f} s not all was seen that the demo promises: {dict(board.counts)}, {board.met} met,"
            f" {board.warned} warnings, {board.breached} breaches."
        )
    return WHAT_NEXT.format(sent=len(cast()), leads=len(board.rows), met=board.met)


def _key(running: pipeline.Pipeline) -> str:
    argv = ("keys", "create", "--name", "demo", "--source", "demo", "--trusted")
    environment = {**os.environ, **running.endpoints.environment()}
    made = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "leadline_console", *argv], env=environment, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise StackError(f"No API key could be made: {made.stderr.strip()}")
    return made.stdout.strip()


async def _play(running: pipeline.Pipeline, key: str, started: float) -> Board:
    feed = Feed(running.edge_url, running.endpoints.kafka, key)
    board = Board(feed.answer)
    await asyncio.sleep(1.0)  # until the edge knows the key, which it asks for twice a second
    watching = asyncio.create_task(watch(running.endpoints.kafka, PARTITIONS, board.take))
    feeding = asyncio.create_task(feed.run())
    try:
        with Screen(board) as screen:
            while monotonic() - started < ENOUGH_S and not _all_seen(board):
                screen.show(START + timedelta(seconds=monotonic() - started))
                for task in (feeding, watching):
                    if task.done():
                        task.result()
                await asyncio.sleep(0.25)
            screen.show(START + timedelta(seconds=monotonic() - started))
    finally:
        for task in (feeding, watching):
            task.cancel()
    return board


def _all_seen(board: Board) -> bool:
    everybody = board.counts["lead.received"] >= len(cast())
    reassigned = any(": moved to " in line for line in board.told)
    return everybody and board.breached >= 1 and board.warned >= 2 and board.met >= 4 and reassigned


WHAT_NEXT = """
You saw {sent} submissions of five channels become {leads} leads, each judged and given to somebody or kept apart for
a reason. {met} promises were kept; one was not: two warnings, one breach, and the next seller got the lead.

Next:
  make up                             start it to stay, with the data kept
  .venv/bin/leadline status           what runs where; .venv/bin/leadline --help for all commands
  .venv/bin/leadline keys create --name mine --source website      a key to send leads with
  README.md                           sending leads, the rules, the alerts
"""
