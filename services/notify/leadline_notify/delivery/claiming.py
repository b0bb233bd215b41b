"""Notices that this instance sends: claimed for a time, ended one way or another; a claim that ends by itself (its
instance died) is another's. Never is a transaction open while an endpoint is called.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic import ValidationError

from leadline_notify.core.content import Content
from leadline_notify.core.retrying import Again
from leadline_notify.delivery import lines, table
from leadline_notify.delivery.message import Claimed
from leadline_notify.store import content_of
from leadline_runtime.sql import Sql

DIGEST: Final = "digest"
# So many are listed in a digest, the rest is counted. In a chat it must not be longer than chats take (core.chat_text).
LISTED: Final[Mapping[str, int]] = {"mail": 200, "chat": 100}


class Claiming:
    """Claims of one instance. lease: for how long; longer than any try takes."""

    def __init__(self, sql: Sql, lease: timedelta) -> None:
        self._sql, self._lease, self.token = sql, lease, uuid4()

    async def claim(self, endpoint: str, most: int, now: datetime) -> list[Claimed]:
        """At most so many that are to be sent to an endpoint now, oldest first. Raises DatabaseTrouble."""
        rows = await self._sql.fetch(lines.CLAIM, (self.token, self._lease, endpoint, now, most))
        return [await self._claimed(row) for row in rows]

    async def after(self, one: Claimed, now: datetime) -> Claimed | None:
        """What comes after one that is over in its line, if that is to be sent now. Raises DatabaseTrouble."""
        line = (one.recipient, one.channel, one.line)
        rows = await self._sql.fetch(lines.NEXT, (self.token, self._lease, one.endpoint, now, *line, 1))
        return await self._claimed(rows[0]) if rows else None

    async def _claimed(self, row: Sequence[Any]) -> Claimed:
        id_, kind, recipient, channel, endpoint, line, any_time, text, due_at, attempts, give_up_at = row
        told, number = [(id_, text)], 1
        if kind == DIGEST:
            told, ((number,),) = await self._sql.run((table.PARTS, (id_, LISTED[channel])), (table.NUMBER, (id_,)))
        parts = tuple((one, content) for one, each in told if (content := _read(each)) is not None)
        return Claimed(
            id_, kind, recipient, channel, endpoint, line, any_time, parts, number, due_at, attempts, give_up_at
        )

    async def sent(self, id_: UUID, now: datetime) -> bool:
        """It arrived; False: another has it by now."""
        return bool(await self._sql.fetch(table.SENT, (now, id_, self.token)))

    async def again(self, id_: UUID, again: Again, fault: str = "", *, aside: bool = False) -> bool:
        """It is tried again later, and with it what is behind it in its line, unless it steps aside.

        fault: why the try that was claimed for was in vain; none: no try was made.
        """
        given = (id_, self.token, again.at, again.give_up_at, fault, 0 if fault else 1, aside)
        return bool(await self._sql.fetch(lines.AGAIN, given))

    async def dead(self, id_: UUID, reason: str, fault: str, now: datetime) -> bool:
        """Nobody tries it any more."""
        return bool(await self._sql.fetch(table.DEAD, (reason, fault, now, id_, self.token)))


def _read(text: str) -> Content | None:
    try:
        return content_of(text)
    except ValidationError:  # of another release
        return None
