"""How far a pass over stored leads is, which asks the loop to look at them again (leadline_runtime.pacing)."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class PassMetrics:
    """Metrics named after the pass. `left`: what is yet to be looked at, `told`: what was handed over, as texts."""

    def __init__(self, name: str, left: str, told: str, registry: CollectorRegistry) -> None:
        self.left = Gauge(f"leadline_{name}_left", left, registry=registry)
        self.told = Counter(f"leadline_{name}_told", told, registry=registry)
        self.started = Gauge(
            f"leadline_{name}_started_timestamp_seconds", "When the newest pass began; 0: none yet", registry=registry
        )
        self.finished = Gauge(
            f"leadline_{name}_finished_timestamp_seconds", "When a pass was last done; 0: none yet", registry=registry
        )
