"""Route in a schema of its own, for each story."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from leadline_local.endpoints import Endpoints
from tests.integration.route.test_loop_on_postgres import PostgresRouteWorld


@pytest.fixture
def world(stack: Endpoints, prefix: str) -> Iterator[PostgresRouteWorld]:
    """Thrown away afterwards."""
    made = PostgresRouteWorld(stack.database_url, prefix)
    yield made
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(prefix)))
