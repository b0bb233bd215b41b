"""The door as a process: settings, rules, signals. `python -m leadline_capture edge`."""

import asyncio
import gc
import resource
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
_OTHER_FILES = 200  # Kafka, PostgreSQL, Redis, the spool, what listens


def wire(settings: EdgeSettings) -> Edge:
    """All real parts. Raises RulesError."""
    metrics = RuntimeMetrics(SERVICE)
    return Edge(settings, RulesWatch(RULES, settings.rules_dir, metrics), metrics, EdgeMetrics())


def with_room_for_connections(settings: EdgeSettings) -> EdgeSettings:
    """Raise the limit of open files as far as it goes, and take no more connections than it allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.edge_most_connections + _OTHER_FILES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    most = max(1, min(settings.edge_most_connections, allowed - _OTHER_FILES))
    return settings.model_copy(update={"edge_most_connections": most})


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
        edge = wire(with_room_for_connections(settings))
    except (SettingsError, RulesError, ValueError) as error:
        print(f"leadline {SERVICE}: {error}", file=sys.stderr)
        raise SystemExit(BAD_START) from None
    gc.collect()
    gc.freeze()  # what is loaded now stays: not worth looking at again
    asyncio.run(serve(edge))
