"""The vendors that rules name, opened as providers: one client, one rate limiter, one set of secrets for all."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.providers.calling import Calling
from leadline_enrich.providers.http import Clockwork, HttpProvider
from leadline_enrich.settings import EnrichSettings
from leadline_runtime.outbound import Outbound
from leadline_runtime.rates import LUA, Rates
from leadline_runtime.redis import Script

AGENT: Final = "Leadline (enrichment)"
REDIS_S: Final = 0.05  # a vendor takes longer than Redis; who gave up too soon would count for himself alone


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Vendors:
    """What all vendors share. `now`: against which what vendors date is held; to be used in one event loop.

    rates: other ones than those of the Redis in the settings.
    """

    def __init__(
        self,
        settings: EnrichSettings,
        work: Clockwork | None = None,
        now: Callable[[], datetime] = _utc_now,
        rates: Rates | None = None,
    ) -> None:
        self._settings, self._now = settings, now
        self._work = work or Clockwork()
        self._outbound: Outbound | None = None
        self._rates = rates or Rates(
            Script(settings.redis_url.get_secret_value(), LUA), wait_s=REDIS_S, clock=self._work.clock
        )
        self._running: asyncio.Task[None] | None = None

    def calling(self, rules: VendorRules) -> Calling:
        """How the vendor of these rules is reached, without anything that would hold a question back."""
        if self._outbound is None:
            self._outbound = Outbound(AGENT, self._settings.provider_private_hosts)
        return Calling(rules, self._outbound, self._settings.provider_secrets, self._now)

    def open(self, rules: VendorRules) -> HttpProvider:
        """A provider that asks the vendor of these rules. Whoever opens it closes it."""
        if rules.limits.rate is not None and self._running is None:
            self._running = asyncio.create_task(self._rates.run())
        return HttpProvider(self.calling(rules), self._rates, self._work)

    async def close(self) -> None:
        """Let go of all connections."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
        await self._rates.close()
        if self._outbound is not None:
            await self._outbound.close()
