"""A service's schema for a command of `leadline`: found, made ready if asked, and any trouble told in one sentence.

What is needed is loaded when a command runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

from leadline_runtime.command_errors import UNREACHABLE, USAGE, CommandError
from leadline_runtime.command_settings import setting

if TYPE_CHECKING:
    from leadline_runtime.migrations import Migrations
    from leadline_runtime.sql import Sql

T = TypeVar("T")
_DATABASE: Final = "LEADLINE_DATABASE_URL"


def with_schema(
    schema: str, work: "Callable[[Sql], Awaitable[T]]", migrations: "Migrations" = (), *, timeout_s: float = 5.0
) -> T:
    """Do some work on a service's schema, after `migrations`. Raises CommandError.

    Without migrations nothing is made: a command that only reads finds the tables as the service left them.
    """
    from leadline_runtime.sql import DatabaseTrouble, Sql

    async def done() -> T:
        sql = Sql(_database_url(), schema, timeout_s=timeout_s)
        try:
            if migrations:
                await sql.migrate(migrations)
            return await work(sql)
        finally:
            await sql.close()

    try:
        return asyncio.run(done())
    except DatabaseTrouble as trouble:
        raise CommandError(f"{trouble}. Does it run? `leadline status` shows the local one.", UNREACHABLE) from None


def _database_url() -> str:
    """LEADLINE_DATABASE_URL, else that of the stack that `leadline up` started here or above. Raises CommandError."""
    if url := setting(_DATABASE):
        return url
    raise CommandError(f"Set {_DATABASE}, or start the local stack with `leadline up`.", USAGE)
