"""Work beside a step's loop that looks, again and again, whether there is something to do."""

import asyncio
from collections.abc import Awaitable, Callable

from leadline_runtime.logs import logger
from leadline_runtime.sql import DatabaseTrouble

log = logger(__name__)
RETRY_S = 2.0


async def look_again(look: Callable[[], Awaitable[None]], every_s: float, what: str) -> None:
    """Look, wait so many seconds, look again; ends by cancellation. While PostgreSQL is away it says what waits."""
    while True:
        try:
            await look()
        except DatabaseTrouble as error:
            log.warning(f"{what} waits for the database", fault=str(error))
            await asyncio.sleep(RETRY_S)
        await asyncio.sleep(every_s)
