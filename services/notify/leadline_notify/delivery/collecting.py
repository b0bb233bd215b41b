"""From waiting to ready: what is due goes out by itself, or within a digest, recipient by recipient.

Several instances share the recipients: who has the turn of one looks through what waits for him. A turn ends by itself
if its instance dies; nothing here needs it for more than order, since each notice changes its status once.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.content import Channel
from leadline_notify.core.digest import Plan, Waiting, plan, room
from leadline_notify.delivery import lines, table
from leadline_notify.delivery.counted import Counted
from leadline_runtime.sql import Sql
from leadline_schemas.ids import derived_id

_MACHINES: Final = "webhook"  # programs read them one by one
_FIRST: Final = ("", "")  # before every recipient
AT_A_LOOK: Final = 500  # recipients; the next look goes on behind them
MOST: Final = 200  # for a program at a time
MOST_IN_ONE: Final = 20_000  # in a digest; what is more comes in the next


class Collecting:
    """Looks through what is due."""

    def __init__(self, sql: Sql, counted: Counted) -> None:
        self._sql, self._counted = sql, counted
        self._after: tuple[Any, ...] = _FIRST

    async def look(self, rules: NotifyRules, now: datetime) -> None:
        """What is due by now: all of it, unless very many wait. Raises DatabaseTrouble."""
        found = await self._sql.fetch(table.RECIPIENTS, (now, *self._after, AT_A_LOOK))
        self._after = found[-1] if len(found) == AT_A_LOOK else _FIRST
        for recipient, channel in found:
            lease = uuid4()
            if await self._sql.fetch(table.TAKE_TURN, (recipient, channel, lease)):
                await self._recipient(recipient, channel, rules, now)
                await self._sql.fetch(table.END_TURN, (recipient, channel, lease))

    async def _recipient(self, recipient: str, channel: Channel, rules: NotifyRules, now: datetime) -> None:
        contact = rules.contact(recipient)
        opening = contact.opening(now) if contact is not None else now
        # What was held back over the end of his hours waits on.
        while opening > now and await self._sql.fetch(table.POSTPONE, (opening, recipient, channel, now)):
            pass
        due = (recipient, channel, now)
        if channel == _MACHINES:
            left, rows = MOST, await self._sql.fetch(table.DUE, (*due, MOST))
            planned = Plan(single=tuple(id_ for id_, _, _ in rows))
        else:
            way = contact.endpoint(channel) if contact is not None else ""
            since = now - rules.digest.within
            given = (recipient, channel, since, now, recipient, channel, way, opening <= now)
            gone = await self._sql.fetch(table.GONE, given)
            left = room([at for (at,) in gone], rules.digest, now)
            rows = await self._sql.fetch(table.DUE, (*due, MOST_IN_ONE)) if left else []
            planned = plan(left, [Waiting(id_, held) for id_, _, held in rows])
        named = {line for _, line, _ in rows}
        if not left:  # what is new is held, and has what it waits behind tried all the same
            named = {line for (line,) in await self._sql.fetch(table.HOLD, due)}
        if named:
            await self._sql.fetch(lines.HURRY, (now, recipient, channel, list(named), opening <= now, now))
        if rows:
            await self._carry_out(planned, recipient, channel, rules, now)

    async def _carry_out(
        self, planned: Plan, recipient: str, channel: str, rules: NotifyRules, now: datetime
    ) -> None:  # fmt: skip
        give_up = now + rules.retry.give_up
        if planned.single:
            await self._sql.fetch(table.RELEASE, (now, now, give_up, list(planned.single)))
        if planned.held:
            await self._sql.fetch(table.HOLD, (recipient, channel, now))
        if planned.digest:
            parts = list(planned.digest)
            given = (digest_id(parts), now, now, parts)
            made = (digest_id(parts), recipient, channel, now, now, now, give_up)
            (told,) = await self._sql.fetch(table.DIGEST, (*given, *made)) or [(0,)]
            self._counted.ended(channel, "digested", told[0])


def digest_id(parts: list[UUID]) -> UUID:
    """The id of a digest, by what it tells."""
    return derived_id("digest", *sorted(parts))
