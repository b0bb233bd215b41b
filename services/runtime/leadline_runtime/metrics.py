"""The runtime's Prometheus metrics. Low-cardinality labels, base units, timestamps instead of ages."""

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class RuntimeMetrics:
    """Every metric of one step, with its `service` label already set where it is used."""

    def __init__(self, service: str, registry: CollectorRegistry = REGISTRY) -> None:
        self.service = service

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"leadline_{name}", text, ("service", *labels), registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"leadline_{name}", text, ("service", *labels), registry=registry)

        self.items = counter("items", "Items decided, by their one outcome", "kind", "topic", "outcome", "reason")
        self.consumed = counter("consumed", "Items taken up for a decision", "topic")
        self.batch = Histogram(
            "leadline_batch_seconds",
            "Time of one batch by phase",
            ("service", "phase"),
            buckets=SECONDS,
            registry=registry,
        )
        self.lag_records = gauge("lag_records", "Records not yet read", "topic", "partition")
        self.lag_seconds = gauge("lag_seconds", "How long the oldest unread record has waited, at the longest")
        self.oldest_unread = gauge(
            "oldest_unread_timestamp_seconds", "Since when the oldest unread record waits; 0: none"
        )
        self.progress = gauge("last_progress_timestamp_seconds", "When a batch was last committed or nothing was to do")
        self.lanes = gauge("lanes", "Lanes this instance owns")
        self.claims = counter("claims", "Claims of lanes, by cause", "cause")
        self.fenced = counter("fenced", "Batches refused because another instance owns a lane")
        self.retries = counter("retries", "Batches tried again, by error", "error")
        self.dead_letters = counter("dead_letters", "Items rejected for good", "reason")
        self.outbox = gauge("outbox_unpublished", "Committed events that Kafka has not acknowledged yet")
        self.horizon = gauge("horizon_timestamp_seconds", "Up to when everything accepted has surely been read")
        self.timers_due = gauge("timers_due", "Timers found due in the last batch")
        self.rules_info = gauge("rules_info", "1 for the rules in force", "version", "digest")
        self.rules_failed = gauge("rules_reload_failed", "1 while the newest rules files cannot be used")
        self.rules_failures = counter("rules_reload_failures", "Rules reloads that changed nothing because of a fault")
        self.dependency = gauge("dependency_up", "1 if the dependency answered last time", "dependency")
        self.clock_skew = gauge("clock_skew_seconds", "By how much this machine's clock is ahead of PostgreSQL's")
        self.clock_bound = gauge("clock_skew_bound_seconds", "The skew is known this well: half of the round trip")
        self.surveyed = gauge("surveyed", "1 if the gauges about leads tell of all leads of the lanes owned")
        self.ready = gauge("ready", "1 if this instance does its work")
        self.build = gauge("build_info", "1 for the code that runs", "version")
        self._start_at_zero()

    def _start_at_zero(self) -> None:
        own = self.service
        for counted in (self.fenced, self.rules_failures):
            counted.labels(own).inc(0)
        for made in (self.lanes, self.lag_seconds, self.rules_failed, self.outbox, self.ready, self.timers_due):
            made.labels(own).set(0)
        for dependency in ("kafka", "postgres"):
            self.dependency.labels(own, dependency).set(0)
        for reason in ("undecodable", "unexpected", "too_large", "refused_by_database", "killed_the_process"):
            self.dead_letters.labels(own, reason).inc(0)
        for cause in ("assigned", "fenced", "database", "kafka"):
            self.claims.labels(own, cause).inc(0)
