"""What this service counts beside the runtime's own metrics, from what is committed and published."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

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


class RescoringMetrics:
    """How far the pass of new rules over stored leads is, and how many leads wait for a person because of them."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.left = Gauge(
            "leadline_rescoring_left", "Stored leads of the own lanes yet to be judged by the rules in force",
            registry=registry,
        )  # fmt: skip
        self.told = Counter(
            "leadline_rescoring_told", "Stored leads handed to the loop to be judged by new rules", registry=registry
        )
        self.started = Gauge(
            "leadline_rescoring_started_timestamp_seconds", "When the newest pass began; 0: none yet", registry=registry
        )
        self.finished = Gauge(
            "leadline_rescoring_finished_timestamp_seconds", "When a pass was last done; 0: none yet", registry=registry
        )
        self.reviews = Gauge(
            "leadline_review_waiting", "Leads that qualify by new rules alone and wait for a person's word",
            registry=registry,
        )  # fmt: skip
