"""Notify's own tables as commands read them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError
from leadline_runtime.sql import Sql

T = TypeVar("T")
SCHEMA = "notify"
ANSWER_S = 30.0


def with_tables(work: Callable[[Sql], Awaitable[T]]) -> T:
    """Do some work on notify's schema. Raises CommandError."""

    async def done(sql: Sql) -> T:
        if (await sql.fetch("SELECT to_regclass('notice')::text"))[0][0] is None:
            raise CommandError("This database holds nothing of notify yet: the service never ran on it.", NOT_FOUND)
        return await work(sql)

    return with_schema(SCHEMA, done, timeout_s=ANSWER_S)


def plain(value: Any) -> str:
    """A value of a row as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def at(when: datetime | None) -> str:
    """An instant for a person."""
    return f"{when:%Y-%m-%d %H:%M:%SZ}" if when is not None else "–"


def uuid_in(text: str, what: str) -> UUID:
    """Raises CommandError."""
    try:
        return UUID(text)
    except ValueError:
        raise CommandError(f"{text!r} is no id of a {what}: it has 36 characters, with four hyphens.", USAGE) from None
