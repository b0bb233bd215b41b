"""Notices that this instance sends: claimed for a time, ended one way or another; a claim that ends by itself (its
instance died) is another's. Never is a transaction open while an endpoint is called.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from pydantic import ValidationError

from leadline_notify.core.content import Content
from leadline_notify.core.retrying import Again
from leadline_notify.delivery import table
from leadline_notify.delivery.message import Claimed
from leadline_notify.store import content_of
from leadline_runtime.sql import Sql

DIGEST = "digest"


class Claiming:
    """Claims of one instance. lease: for how long; longer than any try takes."""

    def __init__(self, sql: Sql, lease: timedelta) -> None:
        self._sql, self._lease, self.token = sql, lease, uuid4()

    async def claim(self, endpoint: str, most: int, now: datetime) -> list[Claimed]:
        """At most so many that are to be sent to an endpoint now, oldest first. Raises DatabaseTrouble."""
        rows = await self._sql.fetch(table.CLAIM, (self.token, self._lease, endpoint, now, most))
        found = [await self._claimed(row) for row in rows]
        return sorted(found, key=lambda each: (each.due_at, each.id))

    async def _claimed(self, row: Sequence[Any]) -> Claimed:
        id_, kind, recipient, channel, at, any_time, text, due_at, attempts, give_up_at = row
        told = [(id_, text)] if kind != DIGEST else await self._sql.fetch(table.PARTS, (id_,))
        parts = tuple((one, content) for one, each in told if (content := _read(each)) is not None)
        return Claimed(id_, kind, recipient, channel, at, any_time, parts, due_at, attempts, give_up_at)

    async def sent(self, id_: UUID, now: datetime) -> bool:
        """It arrived; False: another has it by now."""
        return bool(await self._sql.fetch(table.SENT, (now, id_, self.token)))

    async def again(self, id_: UUID, again: Again, fault: str, *, counts: bool = True) -> bool:
        """It is tried again later. counts: the try that was claimed for was made."""
        given = (again.at, again.give_up_at, fault, 0 if counts else 1, id_, self.token)
        return bool(await self._sql.fetch(table.AGAIN, given))

    async def dead(self, id_: UUID, reason: str, fault: str, now: datetime) -> bool:
        """Nobody tries it any more."""
        return bool(await self._sql.fetch(table.DEAD, (reason, fault, now, id_, self.token)))


def _read(text: str) -> Content | None:
    try:
        return content_of(text)
    except ValidationError:  # of another release
        return None
