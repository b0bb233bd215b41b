"""Statements in a service's schema outside the loop: one connection, made again when it broke, each call bounded."""

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import errors

from leadline_runtime.migrations import Migrations, migrate

Statement = tuple[str, Sequence[Any]]
_TROUBLE = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)


class DatabaseTrouble(Exception):
    """PostgreSQL could not be reached, did not answer in time, or takes no writes (as while another server takes over):
    it is not known whether the statements were done.
    """


class NotReadable(Exception):
    """A table is not there (any more), not as it is known here, or not ours to read."""


class Sql:
    """A connection that commits each statement by itself. Calls made at the same time wait for each other."""

    def __init__(self, url: str, schema: str, *, timeout_s: float = 5.0) -> None:
        self.url, self.schema, self.timeout_s = url, schema, timeout_s
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def migrate(self, migrations: Migrations) -> list[str]:
        """Apply what is missing and give its names. Raises DatabaseTrouble."""
        try:
            return await asyncio.to_thread(migrate, self.url, self.schema, migrations)
        except psycopg.OperationalError as error:
            raise DatabaseTrouble(f"PostgreSQL: {type(error).__name__}") from error

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement. Raises DatabaseTrouble."""
        return (await self.run((sql, params)))[0]

    async def run(self, *statements: Statement) -> list[list[tuple[Any, ...]]]:
        """Run statements in order, each committed by itself, and give the rows of each.

        Raises DatabaseTrouble, and NotReadable for what has another owner and is not as it should be.
        """
        try:
            async with asyncio.timeout(self.timeout_s), self._turn:
                connection = await self._live()
                return [await self._rows(connection, sql, params) for sql, params in statements]
        except (errors.UndefinedTable, errors.UndefinedColumn, errors.InsufficientPrivilege) as error:
            raise NotReadable(f"PostgreSQL: {type(error).__name__}") from error
        except (*_TROUBLE, OSError, TimeoutError) as error:
            await self.close()
            raise DatabaseTrouble(f"PostgreSQL: {type(error).__name__}") from error

    async def _rows(
        self, connection: psycopg.AsyncConnection[Any], sql: str, params: Sequence[Any]
    ) -> list[tuple[Any, ...]]:
        cursor = await connection.execute(sql.encode(), params, binary=True)
        return await cursor.fetchall() if cursor.description is not None else []

    async def _live(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await psycopg.AsyncConnection.connect(
                self.url,
                autocommit=True,
                connect_timeout=5,
                options=f"-c search_path={self.schema} -c statement_timeout={int(self.timeout_s * 1000)}",
            )
        return self._connection

    async def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
