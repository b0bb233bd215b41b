"""Capture's schema for a command of `leadline`: found, made ready, and any trouble told in one sentence.

What is needed is loaded when a command runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

from leadline_capture.command_errors import UNREACHABLE, USAGE, CommandError
from leadline_capture.command_settings import setting

if TYPE_CHECKING:
    from leadline_runtime.sql import Sql

T = TypeVar("T")
_DATABASE: Final = "LEADLINE_DATABASE_URL"


def with_database(work: "Callable[[Sql], Awaitable[T]]") -> T:
    """Do some work on capture's schema, whose tables are made if they are not there. Raises CommandError."""
    from leadline_capture.edge.parts import SCHEMA
    from leadline_capture.edge.tables import MIGRATIONS as OF_THE_DOOR
    from leadline_capture.tables import MIGRATIONS
    from leadline_runtime.migrations import RUNTIME
    from leadline_runtime.sql import DatabaseTrouble, Sql

    async def done() -> T:
        sql = Sql(_database_url(), SCHEMA)
        try:
            await sql.migrate(RUNTIME + MIGRATIONS + OF_THE_DOOR)
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
