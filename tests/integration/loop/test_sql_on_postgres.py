"""Statements outside the loop, against a real PostgreSQL."""

import pytest

from leadline_local.endpoints import Endpoints
from leadline_runtime.sql import DatabaseTrouble, Sql

pytestmark = pytest.mark.stack


async def test_a_server_that_takes_no_writes_is_trouble_and_the_next_call_looks_for_one_that_does(
    stack: Endpoints,
) -> None:
    sql = Sql(stack.database_url, "public")
    try:
        await sql.fetch("SET default_transaction_read_only = on")  # so it is with a standby
        with pytest.raises(DatabaseTrouble):
            await sql.fetch("CREATE TABLE never (id int)")
        assert await sql.fetch("SHOW transaction_read_only") == [("off",)]
    finally:
        await sql.close()
