"""What lanes hold between batches, on a real PostgreSQL: the laws that the database in memory keeps too."""

from typing import Any

import psycopg
import pytest

from leadline_local.endpoints import Endpoints
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.postgres import Postgres
from tests.support.held_laws import LANE, LAWS
from tests.support.tally import CountedCodec

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
async def test_what_lanes_hold(stack: Endpoints, prefix: str, law: Any) -> None:
    one, two = (Postgres(stack.database_url, prefix, CountedCodec()) for _ in range(2))
    await one.prepare()
    try:
        await law(one, two)
    finally:
        await one.close()
        await two.close()


async def test_a_schema_from_before_topics_were_remembered_keeps_its_positions(stack: Endpoints, prefix: str) -> None:
    migrate(stack.database_url, prefix, RUNTIME[:1])
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(f"INSERT INTO {prefix}.lane (lane) VALUES ({LANE})".encode())
        connection.execute(f"INSERT INTO {prefix}.outbox VALUES ({LANE}, 4, '{{\"a\": 7}}', 'frame')".encode())
    database = Postgres(stack.database_url, prefix, CountedCodec())
    await database.prepare()
    try:
        held = await database.claim([LANE])
        assert (held.outbox[LANE].positions, held.topics) == ({"a": 7}, {LANE: {}})
    finally:
        await database.close()
