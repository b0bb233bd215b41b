"""Setting the pipeline's clock: for demos and tests only; production has no row, and the database's own time."""

from collections.abc import Iterable
from datetime import datetime

import psycopg
from psycopg import sql

SET = """INSERT INTO {} (at, set_at, rate) VALUES (%s, clock_timestamp(), %s)
    ON CONFLICT (one) DO UPDATE SET at = excluded.at, set_at = excluded.set_at, rate = excluded.rate"""


def set_clock(database_url: str, schemas: Iterable[str], at: datetime, rate: float) -> None:
    """Let the services of these schemas have the time `at` now; it runs on at `rate` (0: it stands still)."""
    with psycopg.connect(database_url) as connection:
        for schema in schemas:
            connection.execute(sql.SQL(SET).format(sql.Identifier(schema, "clock")), (at, rate))
