"""The canary as a process: one each minute, told as metrics. `python -m leadline_console canary watch`."""

import asyncio
import signal
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any, Final

from aiohttp import web

from leadline_console.canary.metrics import SERVICE, CanaryMetrics
from leadline_console.canary.sending import Canaries
from leadline_console.canary.settings import CanarySettings
from leadline_console.canary.way import NOWHERE, Way
from leadline_console.errors import Exit, UserError
from leadline_runtime.health_server import health_server
from leadline_runtime.logs import configure, logger
from leadline_runtime.settings import load_settings
from leadline_runtime.web import Pages

log = logger(__name__)
SOON_S: Final = 5.0
NO_KEY: Final = (
    "LEADLINE_CANARY_KEY is not set: the canary's own key, ll_canary_ and 32 characters or more, the same for the door."
)


def canaries(settings: CanarySettings) -> Canaries:
    """What sends them. Raises UserError without a key."""
    if settings.canary_key is None:
        raise UserError(NO_KEY, Exit.USAGE)
    key = settings.canary_key.get_secret_value()
    return Canaries(settings.edge_url, key, settings.kafka, settings.canary_patience_s)


def run() -> None:
    """Send and watch until SIGTERM or SIGINT. Raises UserError, SettingsError."""
    settings = load_settings(CanarySettings)
    configure(SERVICE, settings.log_level)
    if settings.canary_patience_s >= settings.canary_every_s:
        raise UserError("LEADLINE_CANARY_PATIENCE_S must be less than LEADLINE_CANARY_EVERY_S.", Exit.USAGE)
    asyncio.run(_serve(Watching(canaries(settings), settings.canary_every_s), settings))


class Watching:
    """Sends one after the other; the newest is told on /readyz."""

    def __init__(self, canaries: Canaries, every_s: float) -> None:
        self._canaries, self._every_s, self._metrics = canaries, every_s, CanaryMetrics()
        self._newest: Way | None = None
        self._came = False

    def ready(self) -> tuple[list[str], dict[str, Any]]:
        """It does its work as long as it runs: what it finds out is no fault of its own."""
        way = self._newest
        return [], {"newest": None if way is None else {"arrived": way.arrived, "last_seen": way.last_seen}}

    async def run(self) -> None:
        """One each period, whatever became of the one before; see `wait_s`. Ends by cancellation."""
        due = monotonic()
        while True:
            self._newest = way = await self._canaries.send()
            self._metrics.tell(way)
            if not way.arrived:
                log.warning("a canary did not come through", last_seen=way.last_seen, why=way.why(), lead=way.lead_id)
            self._came = self._came or way.last_seen != NOWHERE
            due = max(due + wait_s(self._every_s, came=self._came), monotonic())
            await asyncio.sleep(due - monotonic())


def wait_s(every_s: float, *, came: bool) -> float:
    """Seconds from one canary to the next. Until the door took one (`came`) it may not be open yet, and is asked again
    soon. Never after that: a door that fails for a moment by night would count three failures of three requests.
    """
    return every_s if came else min(SOON_S, every_s)


async def _serve(watching: Watching, settings: CanarySettings) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    async with AsyncExitStack() as stack:
        runner = web.ServerRunner(health_server(Pages(watching.ready)), shutdown_timeout=0.5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.web_host, settings.web_port).start()
        log.info("the canary is watched", every_s=settings.canary_every_s)
        tasks = [asyncio.create_task(watching.run()), asyncio.create_task(_ended(ended))]
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        await asyncio.wait(tasks, timeout=5)
        for task in done:
            task.result()


async def _ended(event: asyncio.Event) -> None:
    await event.wait()
