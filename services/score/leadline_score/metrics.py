"""What this service counts beside the runtime's own metrics, from what is committed and published."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter

from leadline_runtime.decision import Emit
from leadline_schemas.scored import LeadScored


class ScoreMetrics:
    """`leadline_scored_total`: scorecards by what they make of the lead."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.scored = Counter(
            "leadline_scored", "Scorecards published, by temperature and signal", ("temperature", "signal"),
            registry=registry,
        )  # fmt: skip
        for temperature in ("hot", "warm", "cold"):  # shown before the first lead
            for signal in ("PQL", "MQL", "IQL", "none"):
                self.scored.labels(temperature, signal).inc(0)

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count published events."""
        for emit in events:
            if isinstance(emit.event, LeadScored):
                card = emit.event.scorecard
                self.scored.labels(card.temperature, card.signal).inc()
