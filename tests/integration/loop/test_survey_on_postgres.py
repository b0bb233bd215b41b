"""Gauges about leads survive what an instance does not; on a real PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import sql

from leadline_local.endpoints import Endpoints
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.database import Database
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.postgres import Postgres
from leadline_runtime.postgres_survey import PAGE
from tests.support.survey_laws import SurveyLaws, SurveyWorld

pytestmark = pytest.mark.stack


class PostgresSurveyWorld(SurveyWorld):
    """Topics in memory, states in a schema of their own."""

    def __init__(self, url: str, schema: str) -> None:
        super().__init__(schema)
        self.url, self.schema, self.now = url, schema, datetime(2026, 3, 10, 14, tzinfo=UTC)
        migrate(url, schema, RUNTIME)
        self.pass_time(0)

    def database(self) -> Database:
        return Postgres(self.url, self.schema, self.tally.step.body)

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        set_clock(self.url, [self.schema], self.now, 0)


@pytest.fixture
async def world(stack: Endpoints, prefix: str) -> AsyncIterator[PostgresSurveyWorld]:
    made = PostgresSurveyWorld(stack.database_url, prefix)
    yield made
    await made.close()
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(prefix)))


class TestOnPostgres(SurveyLaws):
    """Each law."""


def test_among_many_leads_a_page_costs_no_more_than_the_leads_that_have_an_alarm(
    world: PostgresSurveyWorld,
) -> None:
    """Nearly all leads of a system's life have none: to look through them would take minutes after each claim."""
    with psycopg.connect(world.url, autocommit=True) as connection:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(world.schema)))
        connection.execute(
            "INSERT INTO state (lead_id, lane, revision, seen, timer_at, body) SELECT gen_random_uuid(), 0, 1, '{}',"
            " CASE WHEN n % 100 = 0 THEN now() + n * interval '1 second' END, '' FROM generate_series(1, 20000) n"
        )
        connection.execute("ANALYZE state")
        before = (0, "-infinity", "-infinity", "00000000-0000-0000-0000-000000000000", 50)
        explained = connection.execute(f"EXPLAIN {PAGE.replace('%b', '%s')}".encode(), before).fetchall()
    assert "state_timer" in str(explained), explained
