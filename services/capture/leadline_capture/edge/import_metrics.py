"""What becomes of posted lists, in the metrics."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge


class ImportMetrics:
    """Whole lists. A list that waits while `progress` stands still is not worked on."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.rows = Counter(
            "leadline_import_rows", "Rows of posted lists of which it is known what became of them", ("status",),
            registry=registry,
        )  # fmt: skip
        self.ended = Counter("leadline_imports_ended", "Posted lists that ended", ("state",), registry=registry)
        self.unfinished = Gauge(
            "leadline_imports_unfinished", "Posted lists at this door with rows yet to be stored", registry=registry
        )
        self.progress = Gauge(
            "leadline_imports_progress_timestamp_seconds", "When rows of a list were last stored; 0: never since start",
            registry=registry,
        )  # fmt: skip
        for status in ("accepted", "rejected"):
            self.rows.labels(status).inc(0)
        for state in ("done", "failed"):
            self.ended.labels(state).inc(0)
