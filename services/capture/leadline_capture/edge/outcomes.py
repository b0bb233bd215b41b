"""What became of commands about assignments: route writes it with its decision, the door reads it and waits for it.

All requests that wait share one statement: asked when route says that it decided something, and twice a second for
what is refused before it reaches route. Nothing waits inside a transaction.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from pydantic import Field

from leadline_runtime.logs import logger
from leadline_runtime.notifications import listen
from leadline_runtime.sql import DatabaseTrouble, NotReadable, Sql
from leadline_schemas.event import Model

log = logger(__name__)
EVERY_S: Final = 0.5
PAUSE_S: Final = 0.01  # between two looks, however often it is called
MOST: Final = 1000  # requests that wait at a time; the next is answered at once
CHANNEL: Final = "leadline_command_"  # and the schema; see leadline_route.outcomes
THERE: Final = "SELECT to_regclass('command') IS NOT NULL"
DECIDED: Final = """SELECT id, lead_id, applied, reason, detail, outcome, owner, assignment, over_cap, decided_at
    FROM command WHERE id = ANY(%b::uuid[])"""
CHANGED: Final = """SELECT id, lead_id, applied, reason, detail, outcome, owner, assignment, over_cap, decided_at,
    source FROM command WHERE id = %s AND lead_id IS NULL"""
REFUSED: Final = """SELECT submission_id, lead_id, outcome, decided_at FROM submission
    WHERE submission_id = ANY(%b::uuid[]) AND outcome = 'unknown_lead'
    UNION ALL SELECT submission_id, NULL, 'not_readable', decided_at FROM buried
    WHERE submission_id = ANY(%b::uuid[])"""
OWN: Final = """SELECT source, decided_at FROM submission WHERE submission_id = %s
    UNION ALL SELECT source, decided_at FROM buried WHERE submission_id = %s"""
KEPT: Final = timedelta(days=7)  # leadline_route.outcomes forgets them then
REMEMBERED: Final = "SELECT FROM idempotency WHERE submission_id = %s AND created_at > now() - %s"
WORDS: Final[Mapping[str, str]] = {
    "unknown_lead": "there is no such lead",
    "not_readable": "it could not be read; it is kept among the dead letters",
}


class CommandStatus(Model):
    """What became of a command about an assignment, or of a change of the roster."""

    id: UUID = Field(description="of the command, as the 202 told it")
    status: Literal["pending", "applied", "refused"] = Field(
        description="pending: not decided yet; applied: it holds, or held already; refused: nothing changed, see reason"
    )
    lead_id: UUID | None = None
    owner: str | None = Field(default=None, description="who has the lead after it; absent: nobody")
    assignment: int | None = Field(default=None, description="the number of the assignment after it")
    roster: int | None = Field(default=None, description="of a change of the roster: its number after it")
    outcome: str | None = Field(default=None, description="where the lead stands: person, queue, held, nurture, ...")
    over_cap: bool | None = Field(default=None, description="the new owner has more leads than a cap of the rules")
    reason: str | None = Field(default=None, description="refused: why, one of a closed list (docs/assignments.md)")
    detail: str | None = Field(default=None, description="refused: the same in words")
    decided_at: datetime | None = None


class Outcomes:
    """Reads both schemas. `asked` is capture's, `route` route's own, which may live on another server."""

    def __init__(self, asked: Sql, route: Sql) -> None:
        self._asked, self._route, self._there = asked, route, False
        self._waiting: dict[UUID, list[asyncio.Future[CommandStatus]]] = {}
        self._wake = asyncio.Event()

    async def find(self, command: UUID, source: str | None, now: datetime) -> CommandStatus | None:
        """What became of it, asked by the system that gave it (None: by anybody); None if nothing is known (any more).

        Raises DatabaseTrouble.
        """
        mine, remembered = await self._asked.run((OWN, (command, command)), (REMEMBERED, (command, KEPT)))
        if not mine:
            return CommandStatus(id=command, status="pending") if remembered else None
        if source is not None and mine[0][0] != source:
            return None
        found = (await self._decided([command])).get(command)
        if found is None and mine[0][1] < now - KEPT:
            return None
        return found or CommandStatus(id=command, status="pending")

    async def find_change(self, change: UUID, source: str | None) -> CommandStatus | None:
        """What became of a change of the roster, likewise. Raises DatabaseTrouble."""
        rows = await self._of_route(CHANGED, (change,))
        if rows:
            return next(iter(_told([rows[0][:-1]]))) if source in (None, rows[0][-1]) else None
        remembered = await self._asked.fetch(REMEMBERED, (change, KEPT))
        return CommandStatus(id=change, status="pending") if remembered else None

    async def wait(self, command: UUID, seconds: float) -> CommandStatus | None:
        """What became of it, as soon as that is known; None if it is not within so many seconds."""
        if sum(map(len, self._waiting.values())) >= MOST:
            return None
        answer: asyncio.Future[CommandStatus] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(command, []).append(answer)
        self._wake.set()
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            return None
        finally:
            self._left(command, answer)

    async def run(self) -> None:
        """Answer those who wait. Ends by cancellation."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), EVERY_S if self._waiting else None)
            self._wake.clear()
            if self._waiting:
                with suppress(DatabaseTrouble):  # it may be back before their time is over
                    self._tell(await self._decided(list(self._waiting)))
                await asyncio.sleep(PAUSE_S)

    async def hear(self) -> None:
        """Look as soon as route has decided a command. Ends by cancellation."""
        await listen(self._route.url, f"{CHANNEL}{self._route.schema}", self._wake.set)

    def _left(self, command: UUID, answer: "asyncio.Future[CommandStatus]") -> None:
        others = self._waiting.get(command, [])
        if answer in others:
            others.remove(answer)
        if not others:
            self._waiting.pop(command, None)

    def _tell(self, found: Mapping[UUID, CommandStatus]) -> None:
        for command, status in found.items():
            for answer in self._waiting.pop(command, []):
                if not answer.done():
                    answer.set_result(status)

    async def _decided(self, commands: Sequence[UUID]) -> dict[UUID, CommandStatus]:
        found = {each.id: each for each in _refused(await self._asked.fetch(REFUSED, (commands, commands)))}
        found.update((each.id, each) for each in _told(await self._of_route(DECIDED, (commands,))))
        return found

    async def _of_route(self, statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows of route's table; none while it is not there, not as we know it, or not ours to read."""
        try:
            return await self._route.fetch(statement, params) if await self._is_there() else []
        except NotReadable as error:
            self._there = False
            log.warning("what became of commands cannot be read", fault=str(error))
            return []

    async def _is_there(self) -> bool:
        """Has route made its table?"""
        if not self._there:
            self._there = bool((await self._route.fetch(THERE))[0][0])
        return self._there


def _refused(rows: Iterable[tuple[Any, ...]]) -> Iterable[CommandStatus]:
    for command, lead_id, why, at in rows:
        yield CommandStatus(id=command, status="refused", lead_id=lead_id, reason=why, detail=WORDS[why], decided_at=at)


def _told(rows: Iterable[tuple[Any, ...]]) -> Iterable[CommandStatus]:
    for command, lead_id, applied, reason, detail, outcome, owner, number, over_cap, at in rows:
        # What is about no lead is a change of the roster.
        assignment, roster = (number, None) if lead_id is not None else (None, number)
        yield CommandStatus(
            id=command, status="applied" if applied else "refused", lead_id=lead_id, owner=owner,
            assignment=assignment, roster=roster, outcome=outcome, over_cap=over_cap or None, reason=reason,
            detail=detail, decided_at=at,
        )  # fmt: skip
