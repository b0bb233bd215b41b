"""What became of items, told as metrics: of batches that are published, when there is time for it (ADR 0028)."""

from typing import Any

from leadline_runtime.deciding import Batch
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.step import Step


class Counting:
    """Keeps what is published until it is counted; nothing is counted that is not published."""

    def __init__(self, step: Step[Any], metrics: RuntimeMetrics) -> None:
        self._step, self._metrics = step, metrics
        self._published: list[Batch] = []

    def add(self, batch: Batch) -> None:
        """This batch is published."""
        self._published.append(batch)

    def count(self) -> None:
        """Count all that was added, once."""
        published, self._published = self._published, []
        for batch in published:
            self._count(batch)

    def _count(self, batch: Batch) -> None:
        metrics, service = self._metrics, self._step.name
        for topic, times in batch.taken_up.items():
            metrics.consumed.labels(service, topic).inc(times)
        for (kind, topic, outcome), times in batch.counts.items():
            metrics.items.labels(service, kind, topic, outcome.kind, outcome.reason).inc(times)
            if outcome.kind == "rejected":
                metrics.dead_letters.labels(service, outcome.reason).inc(times)
        self._step.measure([emit for emit in batch.events if emit.counted])
