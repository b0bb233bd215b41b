"""Rules reloaded without a restart: a bad reload changes nothing and says so; a record never sees two versions."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any, Generic, TypeVar

from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import LoadedRules, RulesError, RulesSpec, load_rules, rules_files

log = logger(__name__)
R = TypeVar("R")


class RulesWatch(Generic[R]):
    """The rules in force. `current` is replaced as a whole, between batches; loading at start may raise RulesError.

    `told` is called with the rules, at the start too.
    """

    def __init__(
        self,
        spec: RulesSpec[R],
        directory: Path | None,
        metrics: RuntimeMetrics,
        told: Callable[[R], None] = lambda rules: None,
    ) -> None:
        self._looking, self._told = Lock(), told
        self.spec, self.directory, self.metrics = spec, directory, metrics
        self._stamp = self._stamps()
        self.current: LoadedRules[R] = load_rules(spec, directory)
        self._tell(None)

    def _stamps(self) -> tuple[tuple[str, int, int], ...]:
        found: list[tuple[str, int, int]] = []
        for name, source in rules_files(self.spec, self.directory).items():
            stat = Path(str(source)).stat()
            found.append((name, stat.st_mtime_ns, stat.st_size))
        overlay = self.spec.overlay()
        return (*found, (overlay.name, 0, 0)) if overlay is not None else tuple(found)

    def _tell(self, before: LoadedRules[Any] | None) -> None:
        service, ref = self.metrics.service, self.current.ref
        if before is not None and before.ref != ref:
            self.metrics.rules_info.remove(service, before.ref.version, before.ref.digest)
        self.metrics.rules_info.labels(service, ref.version, ref.digest).set(1)
        self.metrics.rules_failed.labels(service).set(0)
        self._told(self.current.rules)

    def reload_if_changed(self) -> bool:
        """Look at the files; if they changed and are good, put them in force. Gives whether anything changed.

        One look at a time, from whichever thread: of two at once the older could be put in force last.
        """
        with self._looking:
            return self._reload_if_changed()

    def _reload_if_changed(self) -> bool:
        try:
            stamp = self._stamps()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            loaded = load_rules(self.spec, self.directory)
        except (RulesError, OSError) as error:
            self.metrics.rules_failed.labels(self.metrics.service).set(1)
            self.metrics.rules_failures.labels(self.metrics.service).inc()
            log.error("the new rules cannot be used; the last good ones stay in force", fault=str(error))
            return False
        before, self.current = self.current, loaded
        self._tell(before)
        log.info("rules reloaded", version=loaded.ref.version, digest=loaded.ref.digest)
        return True

    async def run(self, every_s: float) -> None:
        """Look again and again, in a thread: parsing and examples must not hold up the loop."""
        while True:
            await asyncio.sleep(every_s)
            await asyncio.to_thread(self.reload_if_changed)
