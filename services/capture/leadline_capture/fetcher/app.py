"""The fetcher as a process: settings, rules, signals. `python -m leadline_capture fetcher`."""

import asyncio
import signal
import sys
from contextlib import AsyncExitStack

from aiohttp import web

from leadline_capture.edge.app import BAD_START, RULES
from leadline_capture.fetcher.metrics import FetcherMetrics
from leadline_capture.fetcher.parts import SERVICE, Fetcher
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_runtime.clock_skew import ClockWatch
from leadline_runtime.health_server import health_server
from leadline_runtime.logs import configure, logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import RulesError
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import SettingsError, load_settings
from leadline_runtime.web import Pages

log = logger(__name__)


def wire(settings: FetcherSettings) -> Fetcher:
    """All real parts. Raises RulesError."""
    metrics = RuntimeMetrics(SERVICE)
    return Fetcher(settings, RulesWatch(RULES, settings.rules_dir, metrics), metrics, FetcherMetrics())


async def work(fetcher: Fetcher, ended: asyncio.Event) -> None:
    """Fetch until `ended` is set. What is being asked for then is asked for again when its lease is over."""
    settings = fetcher.settings
    async with AsyncExitStack() as stack:
        stack.push_async_callback(fetcher.close)
        runner = web.ServerRunner(health_server(Pages(fetcher.ready, fetcher.registry)), shutdown_timeout=0.5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, settings.web_host, settings.web_port).start()
        tasks = [
            asyncio.create_task(each)
            for each in (fetcher.records.run(), fetcher.tell(), fetcher.rules.run(settings.rules_reload_s),
                         ClockWatch(settings.database_url.get_secret_value(), fetcher.runtime_metrics).run(),
                         _fetching(fetcher), ended.wait())
        ]  # fmt: skip
        done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in running:
            task.cancel()
        await asyncio.wait(tasks, timeout=5)
        for task in done:
            task.result()


async def _fetching(fetcher: Fetcher) -> None:
    await fetcher.prepare()
    log.info("the fetcher runs")
    await fetcher.run()


async def serve(fetcher: Fetcher) -> None:
    """Work until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    await work(fetcher, ended)


def main() -> None:
    """Run the fetcher. A bad setting or rules file is fatal, in one sentence, with exit code 2."""
    try:
        settings = load_settings(FetcherSettings)
        configure(SERVICE, settings.log_level)
        fetcher = wire(settings)
    except (SettingsError, RulesError, ValueError) as error:
        print(f"leadline {SERVICE}: {error}", file=sys.stderr)
        raise SystemExit(BAD_START) from None
    asyncio.run(serve(fetcher))
