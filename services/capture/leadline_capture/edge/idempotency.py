"""The same Idempotency-Key with the same body is the same submission; with another body it is a mistake (409).

Requests that come at the same time share one statement: the row is there, and committed, before anything is published.
"""

import asyncio
from contextlib import suppress
from typing import Final
from uuid import UUID

from leadline_runtime.sql import DatabaseTrouble, Sql

_AT_MOST: Final = 500
# Inserting and reading are two statements: one alone would not see a row that another door commits meanwhile.
INSERT: Final = """INSERT INTO idempotency (submission_id, body_sha256)
    SELECT DISTINCT ON (id) id, sha FROM unnest(%b::uuid[], %b::bytea[]) AS given(id, sha) ORDER BY id
    ON CONFLICT (submission_id) DO NOTHING"""
SELECT: Final = "SELECT submission_id, body_sha256 FROM idempotency WHERE submission_id = ANY(%b::uuid[])"
# A sender that repeats a request after this long is not repeating it any more.
FORGET: Final = "DELETE FROM idempotency WHERE created_at < now() - interval '30 days'"

_Asked = tuple[UUID, bytes, "asyncio.Future[bool]"]


class Idempotency:
    """The table `idempotency`, asked in groups."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._asked: list[_Asked] = []
        self._wake = asyncio.Event()

    async def is_first_or_same(self, submission_id: UUID, body_sha256: bytes) -> bool:
        """Remember the body of this submission; False if another body was remembered. Raises DatabaseTrouble."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asked.append((submission_id, body_sha256, answer))
        self._wake.set()
        return await answer

    async def run(self) -> None:
        """Answer what is asked, as much of it at once as waits. Ends by cancellation."""
        while True:
            await self._wake.wait()
            group, self._asked = self._asked[:_AT_MOST], self._asked[_AT_MOST:]
            if not self._asked:
                self._wake.clear()
            try:
                await self._answer(group)
            except DatabaseTrouble as trouble:
                for _, _, answer in group:
                    if not answer.done():
                        answer.set_exception(trouble)

    async def _answer(self, group: list[_Asked]) -> None:
        ids, hashes = [each[0] for each in group], [each[1] for each in group]
        _, rows = await self._sql.run((INSERT, (ids, hashes)), (SELECT, (ids,)))
        kept = {submission_id: bytes(sha) for submission_id, sha in rows}
        for submission_id, sha, answer in group:
            if not answer.done():
                answer.set_result(kept.get(submission_id) == sha)

    async def forget(self, every_s: float = 3600.0) -> None:
        """Drop what is older than a month, now and then. Ends by cancellation."""
        while True:
            with suppress(DatabaseTrouble):
                await self._sql.fetch(FORGET)
            await asyncio.sleep(every_s)
