"""From waiting to ready: what is due goes out by itself, or within a digest, recipient by recipient.

Several instances share the recipients: who has the turn of one looks through what waits for him. A turn ends by itself
if its instance dies; nothing here needs it for more than order, since each notice changes its status once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.digest import Plan, Waiting, plan
from leadline_notify.delivery import table
from leadline_notify.delivery.counted import Counted
from leadline_runtime.sql import Sql, Statement
from leadline_schemas.ids import derived_id

_MACHINES: Final = "webhook"  # programs read them one by one
# So many at a time. A digest in a chat must not be longer than chats take (core.chat_text).
MOST: Mapping[str, int] = {"webhook": 200, "mail": 200, "chat": 100}


class Collecting:
    """Looks through what is due."""

    def __init__(self, sql: Sql, counted: Counted) -> None:
        self._sql, self._counted = sql, counted

    async def look(self, rules: NotifyRules, now: datetime) -> None:
        """Everything that is due by now. Raises DatabaseTrouble."""
        for recipient, channel in await self._sql.fetch(table.RECIPIENTS, (now,)):
            lease = uuid4()
            if await self._sql.fetch(table.TAKE_TURN, (recipient, channel, lease)):
                await self._recipient(recipient, channel, rules, now)
                await self._sql.fetch(table.END_TURN, (recipient, channel, lease))

    async def _recipient(self, recipient: str, channel: str, rules: NotifyRules, now: datetime) -> None:
        contact = rules.contact(recipient)
        opening = contact.opening(now) if contact is not None else now
        if opening > now:  # what was held back over the end of his hours waits on
            await self._sql.fetch(table.POSTPONE, (opening, recipient, channel, now))
        due = await self._sql.fetch(table.DUE, (recipient, channel, now, MOST[channel]))
        waiting = [Waiting(id_, at, held) for id_, at, held in due]
        if not waiting:
            return
        if channel == _MACHINES:
            planned = Plan(single=tuple(each.id for each in waiting))
        else:
            gone = await self._sql.fetch(table.GONE, (recipient, channel, now - rules.digest.within))
            planned = plan([at for (at,) in gone], waiting, rules.digest, now)
        await self._carry_out(planned, recipient, channel, rules, now)

    async def _carry_out(
        self, planned: Plan, recipient: str, channel: str, rules: NotifyRules, now: datetime
    ) -> None:  # fmt: skip
        give_up = now + rules.retry.give_up
        statements: list[Statement] = []
        if planned.held:
            statements.append((table.HOLD, (list(planned.held),)))
        if planned.single:
            statements.append((table.RELEASE, (now, now, give_up, list(planned.single))))
        if statements:
            await self._sql.run(*statements)
        if planned.digest:
            parts = list(planned.digest)
            given = (digest_id(parts), now, now, parts)
            made = (digest_id(parts), recipient, channel, now, now, now, give_up)
            (told,) = await self._sql.fetch(table.DIGEST, (*given, *made)) or [(0,)]
            self._counted.ended(channel, "digested", told[0])


def digest_id(parts: list[UUID]) -> UUID:
    """The id of a digest, by what it tells."""
    return derived_id("digest", *sorted(parts))
