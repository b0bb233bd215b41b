"""The door's own Prometheus metrics."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

from leadline_runtime.metrics import SECONDS

# Why a submission was refused: the codes of problems, a closed list.
REASONS = (
    "unauthorized", "forbidden", "forbidden_origin", "too_large", "unsupported_media_type", "unsupported_encoding",
    "body_not_inflatable", "body_cut_off", "invalid", "not_readable", "key_reused", "bad_key", "duplicate_header",
    "unknown_source", "unknown_key", "source_not_configured", "not_durable", "overloaded", "database_away",
    "not_known_yet", "timeout", "internal",
)  # fmt: skip


class EdgeMetrics:
    """What comes to the door and what becomes of it. `source` is a declared source or that of a key, else `unknown`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.requests = Counter("leadline_http_requests", "Requests answered", ("route", "status"), registry=registry)
        self.seconds = Histogram(
            "leadline_http_seconds", "Time to answer a request", ("route",), buckets=SECONDS, registry=registry
        )
        self.accepted = Counter(
            "leadline_submissions_accepted", "Submissions that Kafka acknowledged", ("source",), registry=registry
        )
        self.refused = Counter(
            "leadline_submissions_refused", "Submissions refused, by reason", ("source", "reason"), registry=registry
        )
        for reason in REASONS:
            self.refused.labels("unknown", reason).inc(0)

    def start_at_zero(self, sources: Iterable[str]) -> None:
        """Make the series of known sources, so that the first lead is a step from 0 and not a new series."""
        for source in sources:
            self.accepted.labels(source).inc(0)
