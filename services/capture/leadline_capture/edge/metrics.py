"""The door's own Prometheus metrics."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_runtime.metrics import SECONDS
from leadline_runtime.spool import Spool

# Why a submission was refused: the codes of problems, a closed list.
REASONS = (
    "unauthorized", "forbidden", "forbidden_origin", "too_large", "unsupported_media_type", "unsupported_encoding",
    "body_not_inflatable", "body_cut_off", "invalid", "not_readable", "key_reused", "bad_key", "duplicate_header",
    "unknown_source", "unknown_key", "source_not_configured", "not_durable", "overloaded", "database_away",
    "not_known_yet", "imports_not_configured", "bad_link", "expired_link",
    "links_not_configured", "timeout", "internal", "rate_limited", "headers_too_large", "bad_http",
)  # fmt: skip


class EdgeMetrics:
    """What comes to the door and what becomes of it. `source` is a declared source or that of a key, else `unknown`."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.requests = Counter("leadline_http_requests", "Requests answered", ("route", "status"), registry=registry)
        self.seconds = Histogram(
            "leadline_http_seconds", "Time to answer a request", ("route",), buckets=SECONDS, registry=registry
        )
        self.accepted = Counter(
            "leadline_submissions_accepted", "Submissions answered 202", ("source",), registry=registry
        )
        self.spooled = Counter(
            "leadline_submissions_spooled", "Submissions accepted into the spool", ("source",), registry=registry
        )
        self.spool = SpoolMetrics(registry)
        self.limited = Counter(
            "leadline_rate_limited", "Requests answered 429, by whose limit it was", ("by",), registry=registry
        )
        for by in ("key", "address"):
            self.limited.labels(by).inc(0)
        self.connections = Gauge("leadline_http_connections", "Connections that are open", registry=registry)
        self.connections_cut = Counter(
            "leadline_http_connections_cut",
            "Connections ended for being too many (evicted, refused) or for not reading (stuck)",
            ("reason",),
            registry=registry,
        )
        for reason in ("evicted", "refused", "stuck"):
            self.connections_cut.labels(reason).inc(0)
        self.rates_shared = Gauge(
            "leadline_rate_limits_shared", "1 if the doors share their limits; 0: each alone", registry=registry
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
            self.spooled.labels(source).inc(0)


class SpoolMetrics:
    """What waits on this machine's disk for Kafka. All are zero where there is no spool."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"leadline_spool_{name}", text, registry=registry)

        self.bytes = gauge("bytes", "Bytes of the spool on disk")
        self.limit = gauge("limit_bytes", "How many bytes the spool may take; 0: there is none")
        self.records = gauge("records", "Submissions in the spool")
        self.oldest = gauge("oldest_timestamp_seconds", "When the oldest submission in the spool came; 0: none")
        self.writable = gauge("writable", "1 if the spool can take a submission, or there is none")
        self.damaged = gauge("damaged_records", "Places of the spool that could not be read, since the start")
        self.drained = Counter("leadline_spool_drained", "Submissions given on to Kafka", registry=registry)
        self._drained = 0

    def tell(self, spool: Spool | None) -> None:
        """Show how it stands now."""
        self.writable.set(1 if spool is None or spool.trouble is None else 0)
        if spool is None:
            return
        self.bytes.set(spool.files.size)
        self.limit.set(spool.limit)
        self.records.set(spool.files.records)
        self.oldest.set(spool.oldest_at)
        self.damaged.set(spool.files.damaged)
        self.drained.inc(spool.drained - self._drained)
        self._drained = spool.drained
