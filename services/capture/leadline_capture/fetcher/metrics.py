"""The fetcher's own Prometheus metrics."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_runtime.metrics import SECONDS

# Why something was not fetched: a closed list.
REASONS = (
    "not_configured", "no_secret", "bad_pointer", "not_https", "not_public", "not_reached", "too_slow", "broken_answer",
    "too_large", "redirected", "refused", "throttled", "vendor_fails", "not_found", "not_taken",
    "not_readable", "not_durable", "unexpected",
)  # fmt: skip


class FetcherMetrics:
    """What is fetched, and what waits."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        labels = ("source", "reason")
        self.fetched = Counter(
            "leadline_pointers_fetched", "Objects fetched and written", ("source",), registry=registry
        )
        self.failed = Counter("leadline_pointer_failures", "Tries that failed, by reason", labels, registry=registry)
        self.waiting = Gauge("leadline_pointers_waiting", "Objects still to be fetched", ("source",), registry=registry)
        self.failing = Gauge(
            "leadline_pointers_failing", "Of those, the ones that failed at least once", ("source",), registry=registry
        )
        self.oldest = Gauge(
            "leadline_oldest_pointer_timestamp_seconds",
            "When the notice came whose object has waited longest; 0: none waits",
            ("source",),
            registry=registry,
        )
        self.seconds = Histogram(
            "leadline_pointer_fetch_seconds", "Time of one request to a vendor", ("source",), buckets=SECONDS,
            registry=registry,
        )  # fmt: skip

    def start_at_zero(self, sources: Iterable[str]) -> None:
        """Make the series of known sources, so that the first one is a step from 0 and not a new series."""
        for source in sources:
            self.fetched.labels(source).inc(0)
            for gauge in (self.waiting, self.failing, self.oldest):
                gauge.labels(source).set(0)
            for reason in REASONS:
                self.failed.labels(source, reason).inc(0)
