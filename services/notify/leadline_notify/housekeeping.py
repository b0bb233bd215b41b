"""Beside the loop: what the gauges tell of the table, and that what is long over is forgotten."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from leadline_notify.core.addressing import called
from leadline_notify.core.book import NotifyRules
from leadline_notify.delivery import table
from leadline_notify.metrics import METRICS, NotifyMetrics
from leadline_notify.settings import NotifySettings
from leadline_runtime.looking import look_again
from leadline_runtime.settings import load_settings
from leadline_runtime.sql import Sql

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

EVERY_S: Final = 5.0
# Each from an index of its own: one for both would be a look at every notice of a month.
OPEN: Final = """
    SELECT 'waiting', count(*) FROM notice WHERE status = 'waiting'
    UNION ALL SELECT 'ready', count(*) FROM notice WHERE status = 'ready'"""
NEXT_TRY: Final = "SELECT endpoint, min(try_at) FROM notice WHERE status = 'ready' GROUP BY endpoint"
DEAD: Final = "SELECT endpoint, count(*) FROM notice WHERE status = 'dead' GROUP BY endpoint"
ENDPOINTS: Final = "SELECT name, failing_since, disabled_at IS NOT NULL FROM endpoint"
# Parts of a digest stay for as long as it does: a retried one must still know what it tells.
FORGET: Final = """
    DELETE FROM notice WHERE id IN (
      SELECT id FROM notice WHERE ended_at < %b::timestamptz AND NOT EXISTS (
          SELECT FROM notice AS whole WHERE whole.id = notice.digest
            AND (whole.ended_at IS NULL OR whole.ended_at >= %b::timestamptz))
      LIMIT 1000)"""


class Housekeeping:
    """One look every few seconds. rules: those in force."""

    def __init__(self, sql: Sql, keep: timedelta, metrics: NotifyMetrics, rules: Callable[[], NotifyRules]) -> None:
        self._sql, self._keep, self._metrics, self._rules = sql, keep, metrics, rules

    async def look(self) -> None:
        """Tell the gauges, forget a page. Raises DatabaseTrouble."""
        opened, tries, dead, endpoints, ((now,),) = await self._sql.run(
            (OPEN, ()), (NEXT_TRY, ()), (DEAD, ()), (ENDPOINTS, ()), (table.TIME, ())
        )
        rules = self._rules()
        still = called(rules)  # who is not called any more stays as he was last, and is no trouble
        self._metrics.tell_open(dict(opened), {name: at for name, at in tries if name in still})
        self._metrics.contacts.set(len(rules.contacts))
        standing = {name: (since, gone) for name, since, gone in endpoints if name in still}
        self._metrics.tell_endpoints(dict(dead), standing)
        await self._sql.fetch(FORGET, (now - self._keep, now - self._keep))


async def housekeeping(loop: "Loop") -> None:
    """The work as the step's beside its loop."""
    settings, parts = load_settings(NotifySettings), loop.parts
    sql = Sql(parts.settings.database_url.get_secret_value(), loop.step.schema)
    keep = timedelta(days=settings.notify_keep_d)
    work = Housekeeping(sql, keep, METRICS, lambda: parts.rules.current.rules)
    try:
        await look_again(work.look, EVERY_S, "telling how notices stand")
    finally:
        await sql.close()
