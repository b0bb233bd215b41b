"""What capture knows, as a dry run sees it: PostgreSQL read and never written, and over it what the run itself made.

That lies in a file of its own which vanishes with the run, so that a million new leads do not fill the memory.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from leadline_capture import codecs
from leadline_capture.alike import alike
from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.lookalikes import Lookalikes, unpacked
from leadline_capture.core.stitching import MOST_HELD
from leadline_capture.reading import Parsed, Place
from leadline_capture.state import LeadCodec
from leadline_capture.store import named
from leadline_capture.tables import READ_HELD, READ_KEYS, READ_LOOKALIKES, READ_SUBMITTED
from leadline_capture.view import CaptureView, Submitted
from leadline_runtime.bodies import restored, stored
from leadline_runtime.decision import LeadState
from leadline_schemas.lead import MergedInto

_STATES: Final = """SELECT lead_id, revision, merged_into, merged_revision, body FROM state
    WHERE lead_id = ANY(%b::uuid[])"""
_OWN: Final = """
    PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;
    CREATE TABLE reservation (key TEXT PRIMARY KEY, holder BLOB, detail BLOB) WITHOUT ROWID;
    CREATE TABLE state (lead_id BLOB PRIMARY KEY, revision INTEGER, merged_into BLOB, merged_revision INTEGER,
        body BLOB, made INTEGER) WITHOUT ROWID;
    CREATE TABLE submission (submission_id BLOB PRIMARY KEY, digest BLOB, lead_id BLOB, outcome TEXT) WITHOUT ROWID;
"""


_MOST_FOLLOWED: Final = 1000  # keys of a batch beyond its own


class Reads(Protocol):
    """Where stored rows are read (leadline_runtime.sql.Sql)."""

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement."""


class NothingStored:
    """A world in which nobody is known yet."""

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """No rows."""
        return []


class TrialStore:
    """Capture's tables for a dry run. `stored`: what there is."""

    def __init__(self, stored: Reads) -> None:
        self._stored = stored
        self._own = sqlite3.connect("")
        self._own.executescript(_OWN)
        self._codec = LeadCodec()
        self._released: set[tuple[str, UUID]] = set()

    def close(self) -> None:
        """Forget what the run made."""
        self._own.close()

    async def read(self, parsed: dict[Place, Parsed], finder: Lookalikes, now: datetime) -> CaptureView:
        """What is known under the keys of these submissions. Raises DatabaseTrouble."""
        rows: dict[str, Reservation] = {}
        held: dict[str, dict[UUID, Observed]] = {}
        wanted = {key for each in parsed.values() for key in each.keys}
        most = len(wanted) + _MOST_FOLLOWED
        while wanted and len(rows) < most:
            rows.update(await self._reservations(sorted(wanted)))
            await self._held(sorted(wanted), held)
            # An alias leads from one pseudonym to the other, and to what is held there.
            named_too = {key for acts in held.values() for act in acts.values() for key in act.keys.pseudonyms}
            wanted = named_too - rows.keys()
        states: dict[UUID, LeadState[KnownLead]] = {}
        await self._states(named(parsed.values(), rows.values()), states)
        submitted = await self._submitted([each.received.submission_id for each in parsed.values()])
        looks = alike(finder, parsed.values(), rows, {})
        if looks.keys:
            most = finder.rules.most_per_key
            found = await self._stored.fetch(READ_LOOKALIKES, (most, looks.keys, most, most))
            looks.stored(found, lambda body: unpacked(bytes(body)))
        return CaptureView(parsed, states, rows, submitted, held, now, looks)

    async def _reservations(self, keys: list[str]) -> dict[str, Reservation]:
        found = {key: Reservation(key) for key in keys}
        for key, holder, detail in await self._stored.fetch(READ_KEYS, (keys,)):
            found[key] = codecs.reservation(key, holder, bytes(detail))
        for key, holder, detail in self._chosen("SELECT * FROM reservation WHERE key IN", keys):
            found[key] = codecs.reservation(key, UUID(bytes=holder) if holder else None, detail)
        return found

    async def _held(self, keys: list[str], held: dict[str, dict[UUID, Observed]]) -> None:
        for key, body in await self._stored.fetch(READ_HELD, (keys, MOST_HELD)):
            act = codecs.held_act(bytes(body))
            if (key, act.id) not in self._released:
                held.setdefault(key, {})[act.id] = act

    async def _states(self, wanted: set[UUID], states: dict[UUID, LeadState[KnownLead]]) -> None:
        """These leads, and those that they became part of."""
        while missing := wanted - states.keys():
            found = [(id_, *rest) for id_, *rest in await self._stored.fetch(_STATES, (sorted(missing),))]
            own = self._chosen(
                "SELECT lead_id, revision, merged_into, merged_revision, body FROM state WHERE lead_id IN",
                [each.bytes for each in missing],
            )
            found += [(UUID(bytes=i), r, m and UUID(bytes=m), n, body) for i, r, m, n, body in own]
            for lead_id, revision, into, merged_revision, body in found:
                merged = MergedInto(lead_id=into, revision=merged_revision) if into else None
                known = self._codec.decode(restored(bytes(body)))
                states[lead_id] = LeadState(known, revision, merged_into=merged)
            wanted = {each.merged_into.lead_id for each in states.values() if each.merged_into is not None}
            if not found:
                return

    async def _submitted(self, ids: list[UUID]) -> dict[UUID, Submitted]:
        rows = await self._stored.fetch(READ_SUBMITTED, (ids,))
        found = {each: Submitted(each, bytes(digest), lead, outcome) for each, digest, lead, outcome in rows}
        own = self._chosen("SELECT * FROM submission WHERE submission_id IN", [each.bytes for each in ids])
        for each, digest, lead, outcome in own:
            submission = UUID(bytes=each)
            found[submission] = Submitted(submission, digest, UUID(bytes=lead) if lead else None, outcome)
        return found

    def made(self, lead_id: UUID) -> bool:
        """Whether the run itself made this lead."""
        rows = self._own.execute("SELECT made FROM state WHERE lead_id = ?", (lead_id.bytes,)).fetchall()
        return bool(rows and rows[0][0])

    def write(self, view: CaptureView, changed: Iterable[UUID], made: set[UUID]) -> None:
        """Keep what a batch changed, for the next ones. `changed`: leads; `made`: those that were new."""
        self._released |= view.released
        self._own.executemany(
            "REPLACE INTO reservation VALUES (?, ?, ?)",
            [(row.key, row.holder and row.holder.bytes, codecs.detail_of(row)) for row in view.rewritten()],
        )
        self._own.executemany("REPLACE INTO state VALUES (?, ?, ?, ?, ?, ?)", [
            self._row(lead_id, view.states[lead_id], lead_id in made or self.made(lead_id)) for lead_id in changed
        ])  # fmt: skip
        self._own.executemany("REPLACE INTO submission VALUES (?, ?, ?, ?)", [
            (each.submission_id.bytes, each.digest, each.lead_id and each.lead_id.bytes, each.outcome)
            for each in view.new_submitted
        ])  # fmt: skip

    def _row(self, lead_id: UUID, state: LeadState[KnownLead], made: bool) -> tuple[Any, ...]:
        into = state.merged_into
        body = stored(self._codec.encode(state.body))
        return (
            lead_id.bytes, state.revision, into and into.lead_id.bytes, into.revision if into else None, body, made,
        )  # fmt: skip

    def _chosen(self, select: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        marks = ", ".join("?" * len(values))
        return self._own.execute(f"{select} ({marks})", values).fetchall()
