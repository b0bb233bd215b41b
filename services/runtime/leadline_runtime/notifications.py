"""PostgreSQL's notifications: somebody committed something that others wait for. A hint: what it says must be read."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import psycopg

RETRY_S = 1.0


async def listen(url: str, channel: str, heard: Callable[[], None]) -> None:
    """Call `heard` for each notification, and once after each (re)connection, since some may have been missed.

    Holds a connection of its own and no transaction. While PostgreSQL is away nothing is heard. Ends by cancellation.
    """
    while True:
        with suppress(psycopg.OperationalError, psycopg.InterfaceError, OSError):
            connection = await psycopg.AsyncConnection.connect(url, autocommit=True, connect_timeout=5)
            async with connection:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
                heard()
                async for _ in connection.notifies():
                    heard()
        await asyncio.sleep(RETRY_S)
