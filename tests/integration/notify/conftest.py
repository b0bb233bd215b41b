"""A desk for each story, thrown away afterwards."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import sql

from leadline_local.endpoints import Endpoints
from tests.integration.notify.desk import Desk


@pytest.fixture
async def desk(stack: Endpoints, prefix: str) -> AsyncIterator[Desk]:
    made = Desk(stack.database_url, prefix)
    await made.prepare()
    yield made
    await made.close()
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(prefix)))
