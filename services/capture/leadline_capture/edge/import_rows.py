"""Imports over HTTP as PostgreSQL has them: how far each is, and its report. Other doors can tell of them too."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field

from leadline_capture.imports.journal import Progress
from leadline_runtime.sql import Sql
from leadline_schemas.event import Model

State = Literal["waiting", "running", "done", "failed"]
TABLES: Final[tuple[tuple[str, str], ...]] = (
    (
        "edge-imports",
        """
        -- One list that was uploaded. home: the directory its file lies in; worker: the process that sends its rows.
        CREATE TABLE list_import (id uuid PRIMARY KEY, home uuid NOT NULL, source text NOT NULL, key_id text NOT NULL,
            trusted boolean NOT NULL, options text NOT NULL, told text NOT NULL, size bigint NOT NULL,
            state text NOT NULL DEFAULT 'waiting', reason text, worker uuid, last_row bigint NOT NULL DEFAULT 0,
            accepted bigint NOT NULL DEFAULT 0, rejected bigint NOT NULL DEFAULT 0, noted bigint NOT NULL DEFAULT 0,
            received_at timestamptz NOT NULL DEFAULT now(), changed_at timestamptz NOT NULL DEFAULT now());
        CREATE INDEX list_import_open ON list_import (home, received_at) WHERE state IN ('waiting', 'running');
        -- Its report, in parts that are written with the progress they tell of.
        CREATE TABLE list_import_report (import_id uuid REFERENCES list_import ON DELETE CASCADE, last_row bigint,
            body text NOT NULL, PRIMARY KEY (import_id, last_row));
        """,
    ),
)

_ADD: Final = """INSERT INTO list_import (id, home, source, key_id, trusted, options, told, size)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET state = 'waiting', reason = NULL,
        home = excluded.home, changed_at = now() WHERE list_import.state = 'failed'"""
_ONE: Final = """SELECT id, source, state, reason, last_row, accepted, rejected, noted, received_at, changed_at, told
    FROM list_import WHERE id = %s"""
_CLAIM: Final = """UPDATE list_import SET worker = %s, state = 'running', changed_at = now() WHERE id = (
        SELECT id FROM list_import WHERE home = %s AND state IN ('waiting', 'running') ORDER BY received_at LIMIT 1)
    RETURNING id, source, key_id, trusted, options, last_row, accepted, rejected, noted"""
# Progress and the report's next part in one statement; neither, if another process took the import over. The same
# again (its answer was lost) changes nothing.
_CHECKPOINT: Final = """WITH own AS (UPDATE list_import SET last_row = %s, accepted = %s, rejected = %s, noted = %s,
        changed_at = now() WHERE id = %s AND worker = %s AND state = 'running' RETURNING id),
        part AS (INSERT INTO list_import_report (import_id, last_row, body) SELECT id, %s, %s FROM own
            ON CONFLICT DO NOTHING)
    SELECT true FROM own"""
_END: Final = """UPDATE list_import SET state = %s, reason = %s, changed_at = now()
    WHERE id = %s AND worker = %s AND state = 'running' RETURNING true"""
_PART: Final = """SELECT last_row, body FROM list_import_report WHERE import_id = %s AND last_row > %s
    ORDER BY last_row LIMIT 1"""
_OPEN: Final = "SELECT id FROM list_import WHERE home = %s AND state IN ('waiting', 'running')"
_FORGET: Final = """DELETE FROM list_import WHERE state IN ('done', 'failed')
    AND changed_at < now() - interval '30 days'"""


class ImportStatus(Model):
    """How an import stands. Counts are of rows: rows = accepted + rejected."""

    id: UUID
    state: State = Field(description="waiting, running, done; failed: it cannot go on, see reason")
    reason: str | None = None
    rows: int = Field(description="of which it is known what became of them")
    accepted: int
    rejected: int
    noted: int = Field(description="of the accepted ones, those in which something was odd: see the report")
    received_at: datetime
    changed_at: datetime
    read_as: dict[str, Any] = Field(description="encoding, delimiter, columns with their fields, what to look at")
    report: str = Field(description="where the report is")


class Claimed(Model):
    """An import to be worked on."""

    id: UUID
    source: str
    key_id: str
    trusted: bool
    options: dict[str, Any]
    last_row: int
    accepted: int
    rejected: int
    noted: int

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self.last_row, self.accepted, self.rejected, self.noted)


class ImportRows:
    """The tables. `worker`: this process. Every method raises DatabaseTrouble."""

    def __init__(self, sql: Sql, worker: UUID) -> None:
        self._sql, self._worker = sql, worker

    async def add(self, import_id: UUID, home: UUID, said: dict[str, Any]) -> None:
        """A list that is durable on disk. The same one again changes nothing, but that a failed one goes on."""
        values = (
            said["source"],
            said["key_id"],
            said["trusted"],
            json.dumps(said["options"]),
            json.dumps(said["told"]),
        )
        await self._sql.fetch(_ADD, (import_id, home, *values, said["size"]))

    async def find(self, import_id: UUID) -> tuple[str, ImportStatus] | None:
        """Whose source it is, and how it stands; None if there is none."""
        rows = await self._sql.fetch(_ONE, (import_id,))
        if not rows:
            return None
        found, source, state, reason, last, accepted, rejected, noted, received, changed, told = rows[0]
        return source, ImportStatus(
            id=found, state=state, reason=reason, rows=last, accepted=accepted, rejected=rejected, noted=noted,
            received_at=received, changed_at=changed, read_as=json.loads(told), report=f"/v1/imports/{found}/report",
        )  # fmt: skip

    async def claim(self, home: UUID) -> Claimed | None:
        """The oldest unfinished import of this home, now this process's; None if there is none."""
        rows = await self._sql.fetch(_CLAIM, (self._worker, home))
        if not rows:
            return None
        names = ("id", "source", "key_id", "trusted", "options", "last_row", "accepted", "rejected", "noted")
        found = dict(zip(names, rows[0], strict=True))
        return Claimed(**{**found, "options": json.loads(found["options"])})

    async def checkpoint(self, import_id: UUID, progress: Progress, report: str) -> bool:
        """How far it is, with the report's next part; False if the import is another process's now."""
        counts = (progress.row, progress.accepted, progress.rejected, progress.noted)
        params = (*counts, import_id, self._worker, progress.row, report)
        return bool(await self._sql.fetch(_CHECKPOINT, params))

    async def end(self, import_id: UUID, state: State, reason: str | None = None) -> bool:
        """It is done, or cannot go on; False if it is another process's now."""
        return bool(await self._sql.fetch(_END, (state, reason, import_id, self._worker)))

    async def part(self, import_id: UUID, after: int) -> tuple[int, str] | None:
        """The report's part behind row `after`, with its last row; None at the end."""
        rows: Sequence[tuple[Any, ...]] = await self._sql.fetch(_PART, (import_id, after))
        return (rows[0][0], rows[0][1]) if rows else None

    async def unfinished(self, home: UUID) -> set[UUID]:
        """The imports whose lists are needed."""
        return {row[0] for row in await self._sql.fetch(_OPEN, (home,))}

    async def forget(self) -> None:
        """Drop what was finished a month ago."""
        await self._sql.fetch(_FORGET)
