"""Follows the roster beside the loop: what another instance, or this one, has decided comes into force here."""

import asyncio
from typing import TYPE_CHECKING, Any, Final

from leadline_route.roster_rules import IN_FORCE
from leadline_route.roster_table import READ, READ_ANEW, overlay_of
from leadline_runtime.logs import logger
from leadline_runtime.looking import look_again
from leadline_runtime.sql import Sql
from leadline_schemas.event import RulesRef

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
LOOK_S: Final = 0.3


class Following:
    """Looks for as long as it is awaited. A roster that the files no longer allow leaves the last good rules in force,
    and says so like any bad file."""

    def __init__(self, loop: "Loop", sql: Sql) -> None:
        self.loop, self._sql = loop, sql
        self._told: RulesRef | None = None

    async def run(self) -> None:
        """Look again and again. Without PostgreSQL it waits."""
        await look_again(self.look, LOOK_S, "the roster")

    async def look(self) -> None:
        """Put the newest roster in force, and note files that were read anew. Raises DatabaseTrouble."""
        rules = self.loop.parts.rules
        ((number, body),) = await self._sql.fetch(READ)
        if IN_FORCE.team is None or IN_FORCE.team.number != number:
            IN_FORCE.team = overlay_of(number, body)
        # A batch may have read it first; then the rules are not loaded by it yet.
        stale = number and not rules.current.ref.version.endswith(f"+roster.{number}")
        if stale and await asyncio.to_thread(rules.reload_if_changed):
            log.info("the roster that people ordered is in force", number=number)
        await self._note(rules.current)

    async def _note(self, current: Any) -> None:
        files = current.files or current.ref
        if files != self._told:
            now = self.loop.parts.clock.now()
            await self._sql.run((READ_ANEW, (now, files.version, files.digest, files.digest)))
            self._told = files


async def following(loop: "Loop") -> None:
    """The work as the step's beside its loop."""
    sql = Sql(loop.parts.settings.database_url.get_secret_value(), loop.step.schema)
    try:
        await Following(loop, sql).run()
    finally:
        await sql.close()
