"""The door as a process: settings, rules, signals. `python -m leadline_capture edge`."""

import asyncio
import gc
import signal
import sys

from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.parts import SERVICE, Edge
from leadline_capture.edge.running import keep_open
from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.source_rules import FILE, FOLDER, all_sources
from leadline_runtime.logs import configure
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import RulesError, RulesSpec
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import SettingsError, load_settings

RULES = RulesSpec(package="leadline_capture", files=(FILE,), folders=(FOLDER,), build=all_sources)
BAD_START = 2


def wire(settings: EdgeSettings) -> Edge:
    """All real parts. Raises RulesError."""
    metrics = RuntimeMetrics(SERVICE)
    return Edge(settings, RulesWatch(RULES, settings.rules_dir, metrics), metrics, EdgeMetrics())


async def serve(edge: Edge) -> None:
    """Keep the door open until SIGTERM or SIGINT."""
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    await keep_open(edge, ended)


def main() -> None:
    """Run the door. A bad setting or rules file is fatal, in one sentence, with exit code 2."""
    try:
        settings = load_settings(EdgeSettings)
        configure(SERVICE, settings.log_level)
        edge = wire(settings)
    except (SettingsError, RulesError, ValueError) as error:
        print(f"leadline {SERVICE}: {error}", file=sys.stderr)
        raise SystemExit(BAD_START) from None
    gc.collect()
    gc.freeze()  # what is loaded now stays: not worth looking at again
    asyncio.run(serve(edge))
