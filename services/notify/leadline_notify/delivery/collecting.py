"""From waiting to ready: what is due goes out by itself, or within a digest, recipient by recipient.

Several instances share the recipients: who has the turn of one looks through what waits for him. A turn ends by itself
if its instance dies; nothing here needs it for more than order, since each notice changes its status once.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.digest import Plan, Waiting, plan
from leadline_notify.delivery import table
from leadline_notify.delivery.counted import Counted
from leadline_runtime.sql import Sql, Statement
from leadline_schemas.ids import derived_id

_MACHINES: Final = "webhook"  # programs read them one by one


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
        since = now - rules.digest.within
        due, gone = await self._sql.run(
            (table.DUE, (recipient, channel, now)), (table.GONE, (recipient, channel, since))
        )
        may = self._may_be_told(recipient, due, rules, now)
        waiting = [Waiting(id_, at, held) for id_, at, held, _ in may]
        if not waiting:
            return
        if channel == _MACHINES:
            planned = Plan(single=tuple(each.id for each in waiting))
        else:
            planned = plan([at for (at,) in gone], waiting, rules.digest, now)
        await self._carry_out(planned, recipient, channel, rules, now)

    def _may_be_told(
        self, recipient: str, due: list[tuple[Any, ...]], rules: NotifyRules, now: datetime
    ) -> list[tuple[Any, ...]]:
        """Outside of his hours what waits for no hours; what was held back over their end waits on."""
        contact = rules.contact(recipient)
        if contact is None or contact.opening(now) <= now:
            return due
        return [row for row in due if row[3]]

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
