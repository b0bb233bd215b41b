"""What is told of canaries."""

from time import time

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_console.canary.way import HOPS, LAST_SEEN, Way

_BUCKETS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40)
SERVICE = "canary"


class CanaryMetrics:
    """The metrics."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.sent = Counter("leadline_canary_sent", "Canaries that were to be sent", registry=registry)
        self.arrived = Counter("leadline_canary_arrived", "Canaries that came through in time", registry=registry)
        self.missed = Counter(
            "leadline_canary_missed", "Canaries that did not, by where they were seen last", ("last_seen",),
            registry=registry,
        )  # fmt: skip
        self.last_seen = Gauge(
            "leadline_canary_last_seen_timestamp_seconds",
            "When a canary came through last; 0 before the first that this process saw",
            registry=registry,
        )
        self.whole = Histogram(
            "leadline_canary_seconds", "From sending a canary to reading its end", buckets=_BUCKETS, registry=registry
        )
        self.hops = Histogram(
            "leadline_canary_hop_seconds", "From the step before to the decision of this one", ("topic",),
            buckets=_BUCKETS, registry=registry,
        )  # fmt: skip
        self.ready = Gauge("leadline_ready", "1 if this instance does its work", ("service",), registry=registry)
        for place in LAST_SEEN:
            self.missed.labels(place)
        for topic in HOPS[1:]:
            self.hops.labels(topic)
        self.ready.labels(SERVICE).set(1)

    def tell(self, way: Way) -> None:
        """One canary was sent, and this became of it."""
        self.sent.inc()
        if way.took_s is None:
            self.missed.labels(way.last_seen).inc()
            return
        self.arrived.inc()
        self.last_seen.set(time())
        self.whole.observe(way.took_s)
        for topic, seconds in way.hops().items():
            self.hops.labels(topic).observe(seconds)
