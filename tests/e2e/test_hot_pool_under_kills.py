"""Four instances of route over one hot pool while they are killed and lanes wander: one owner a lead, fair books."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from leadline_schemas.topics import LEAD_ROUTED
from tests.load.chaos.hot_pool import HotPool, hot_form
from tests.load.hot_pool import EQUAL, POOL
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.stack
SHORT = hot_form(seed=7, short=True)


class Desk:
    """What a person at a terminal sees of it."""

    def __init__(self, pipeline: Pipeline, rules: Path) -> None:
        stack = pipeline.stack
        self.environment = {
            **os.environ, "LEADLINE_KAFKA": stack.kafka, "LEADLINE_DATABASE_URL": stack.database_url,
            "LEADLINE_RULES_DIR": str(rules),
        }  # fmt: skip

    def ask(self, *arguments: str, code: int = 0) -> Any:
        """The answer of a `leadline` command."""
        argv = [sys.executable, "-m", "leadline_console", *arguments, "--json"]
        made = subprocess.run(argv, env=self.environment, capture_output=True, text=True, check=False, timeout=120)
        assert made.returncode == code, made.stderr
        return json.loads(made.stdout)


def test_whatever_dies_each_lead_has_one_owner_and_the_books_are_fair(pipeline: Pipeline) -> None:
    hot = HotPool(pipeline, print)
    hot.start()
    hot.run(SHORT)
    verdict = hot.verdict()
    assert not verdict.violations, "\n".join(map(str, sorted(verdict.violations)))
    assert (hot.kills, hot.storms, hot.zombies) == (SHORT.kills, SHORT.storms, SHORT.zombies)
    assert verdict.numbers["turns"] == SHORT.leads

    desk = Desk(pipeline, hot.rules)
    ledger = desk.ask("route", "ledger", "--check")
    assert sum(seat["turns"] for seat in ledger["pools"][POOL].values()) == SHORT.leads
    assert ledger["differences"] == []

    turns = desk.ask("route", "next", POOL, "--n", "10")["turns"]
    assert {turn["member"] for turn in turns} == set(EQUAL), "with equal weights ten turns go to ten people"
    shown = {each["member"]: each for each in desk.ask("team", "show", "--pool", POOL)["members"]}
    assert {name: each["caps"]["open"]["used"] for name, each in shown.items()} == {
        name: seat["turns"] for name, seat in ledger["pools"][POOL].items()
    }
    event = pipeline.events(LEAD_ROUTED)[0]
    way = desk.ask("route", "explain", str(event.lead_id))
    assert [each["owner"] for each in way["decisions"]] == [event.owner] == [way["standing"]["owner"]]
    again = desk.ask("route", "simulate", "--recorded", "--rules", str(hot.rules), "--max-share", "0%")
    assert (again["decisions"], again["changed"], again["left_out"]) == (SHORT.leads, 0, {})

    with psycopg.connect(pipeline.stack.database_url, autocommit=True) as connection:
        connection.execute("UPDATE route.member SET owed = jsonb_set(owed, '{us_east}', '\"7\"') WHERE id = 'hot3'")
    (found,) = desk.ask("route", "ledger", "--check", code=1)["differences"]
    assert (found["member"], found["in_tables"]) == ("hot3", "7"), "somebody wrote into a row"
