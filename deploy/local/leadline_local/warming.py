"""The start cache: what Java has loaded of Kafka, saved so that the next start need not load it again."""

import tempfile
import threading
from pathlib import Path

from leadline_local import jars, java, server
from leadline_local.errors import StackError
from leadline_local.kafka import Kafka
from leadline_local.server import Report
from leadline_local.state import at_work


def warm(*, report: Report) -> Path:
    """Run a broker of its own once and save what it loaded, beside the jars; every later start uses it.

    Raises StackError if this Java cannot do that, or the broker does not start.
    """
    found, folder = java.find(), jars.ensure(report)
    if not found.has_start_cache:
        raise StackError(f"Java {found.version} has no start cache: unset LEADLINE_JAVA to use the packaged Java.")
    with tempfile.TemporaryDirectory(prefix="leadline-warm-") as temporary, at_work(Path(temporary), report) as state:
        target = Kafka(state, found, folder).start_cache
        target.unlink(missing_ok=True)
        part = target.with_suffix(".part")
        broker = Kafka(state, found, folder, flags=(f"-XX:AOTCacheOutput=jars/{part.name}",))
        try:
            server.ensure(broker, state, report, threading.Event())
        finally:
            server.stop(broker, state)  # Java writes the cache as it ends
        if not part.exists():
            raise StackError(f"Java saved no start cache: the end of its log says why; it was {state.log('kafka')}.")
        part.rename(target)
    report(f"start cache: {target.stat().st_size / 1e6:.0f} MB in {target}")
    return target
