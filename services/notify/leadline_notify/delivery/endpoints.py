"""The endpoints as this instance knows them: breakers in memory; in the table, for people and for all instances, since
when they take nothing, and which said that they are gone.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from leadline_notify.core.book import MAIL, NotifyRules
from leadline_notify.delivery import table
from leadline_notify.delivery.addresses import Addresses
from leadline_notify.delivery.result import Result
from leadline_notify.delivery.standing import Standing
from leadline_notify.settings import NotifySettings
from leadline_runtime.logs import logger
from leadline_runtime.sql import Sql

log = logger(__name__)
TOLD_EVERY_S: Final = 30.0  # that an endpoint still answers is written no more often


class Endpoints:
    """Standing of each endpoint by its name; `seconds`: a clock that only goes forward."""

    def __init__(self, sql: Sql, settings: NotifySettings, seconds: Callable[[], float]) -> None:
        self._sql, self._settings, self._seconds = sql, settings, seconds
        self._addresses = Addresses(settings.notify_urls, settings.notify_secrets)
        self._standing: dict[str, Standing] = {}
        self._disabled: frozenset[str] = frozenset()
        self._told: dict[str, tuple[str, float]] = {}

    async def read(self, rules: NotifyRules) -> None:
        """Which are disabled; one whose address is another than that which was gone is not. Raises DatabaseTrouble."""
        rows = await self._sql.fetch(table.STANDING)
        self._disabled = frozenset(
            name for name, address, disabled in rows if disabled and address == self._mark_of(name, rules)
        )

    def is_disabled(self, endpoint: str) -> bool:
        """Whether it said that it is gone."""
        return endpoint in self._disabled

    def room(self, endpoint: str) -> int:
        """How many may be sent there now."""
        if endpoint in self._disabled:  # its notices are ended, not sent
            return self._settings.notify_at_once
        return self._of(endpoint).room(self._seconds(), self._settings.notify_at_once)

    def is_busy(self, endpoint: str) -> bool:
        """Whether there is no room only because as many are on their way as may be."""
        return self._of(endpoint).is_busy(self._seconds())

    def enter(self, endpoint: str) -> None:
        """One line of notices is being sent there, until `leave`."""
        self._of(endpoint).under_way += 1

    def leave(self, endpoint: str) -> None:
        """It is not any more."""
        self._of(endpoint).under_way -= 1

    def begin(self, endpoint: str) -> int | None:
        """See Standing.begin."""
        return self._of(endpoint).begin(self._seconds())

    def end(self, endpoint: str, era: int, result: Result) -> None:
        """See Standing.end."""
        self._of(endpoint).end(era, result, self._seconds())

    async def tell(self, endpoint: str, rules: NotifyRules, result: Result, now: datetime) -> bool:
        """Write down how it stands, if that is news. Raises DatabaseTrouble."""
        news = "ok" if not result.endpoint_fails else result.reason
        before, when = self._told.get(endpoint, ("", 0.0))
        if news == before and self._seconds() - when < TOLD_EVERY_S:
            return True
        mark = self._mark_of(endpoint, rules)
        if result.outcome == "gone":
            log.error("an endpoint said that it is gone and is not called any more", endpoint=endpoint)
            await self._sql.fetch(table.DISABLED, (endpoint, mark, now, now))
        elif result.endpoint_fails:
            if news != before:
                log.warning("an endpoint does not take notices", endpoint=endpoint, fault=result.reason)
            await self._sql.fetch(table.FAILED, (endpoint, mark, now, result.reason))
        else:
            await self._sql.fetch(table.ANSWERED, (endpoint, mark, now))
        self._told[endpoint] = (news, self._seconds())
        return True

    def _of(self, endpoint: str) -> Standing:
        return self._standing.setdefault(endpoint, Standing())

    def _mark_of(self, endpoint: str, rules: NotifyRules) -> str:
        if endpoint == MAIL:
            return f"{self._settings.smtp_host}:{self._settings.smtp_port}"
        return self._addresses.mark(rules.endpoints.get(endpoint))
