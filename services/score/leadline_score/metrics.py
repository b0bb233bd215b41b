"""What this service counts beside the runtime's own metrics, from what is committed and published."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_runtime.decision import Emit
from leadline_runtime.pass_metrics import PassMetrics
from leadline_schemas.scored import LeadScored, Learned, Scorecard

_TENTHS = tuple(float(points) for points in range(10, 101, 10))
_PROBABILITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


class ScoreMetrics:
    """`leadline_scored_total`: scorecards by what they make of the lead. `leadline_learned_*`: what a learned model
    makes of the same leads, beside the rules.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.scored = Counter(
            "leadline_scored", "Scorecards published, by temperature and signal", ("temperature", "signal"),
            registry=registry,
        )  # fmt: skip
        for temperature in ("hot", "warm", "cold"):  # shown before the first lead
            for signal in ("PQL", "MQL", "IQL", "none"):
                self.scored.labels(temperature, signal).inc(0)

        self.agreement = Counter(
            "leadline_learned_agreement", "Scorecards by whether the total and the learned score are in the MQL band",
            ("mode", "rules", "learned"), registry=registry,
        )  # fmt: skip
        self.points = Histogram(
            "leadline_learned_points", "Points of 100 by the rules and by the learned score, of the same leads",
            ("mode", "by"), buckets=_TENTHS, registry=registry,
        )  # fmt: skip
        self.probability = Histogram(
            "leadline_learned_probability", "What the learned score says; its mean is to be the rate of the outcome",
            ("mode",), buckets=_PROBABILITIES, registry=registry,
        )  # fmt: skip
        self.unknown = Counter(
            "leadline_learned_unknown_features", "Features that a lead did not hold, by scorecards", ("mode",),
            registry=registry,
        )  # fmt: skip

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count published events."""
        for emit in events:
            if isinstance(emit.event, LeadScored):
                card = emit.event.scorecard
                self.scored.labels(card.temperature, card.signal).inc()
                if card.learned is not None:
                    self._compare(card, card.learned)

    def _compare(self, card: Scorecard, learned: Learned) -> None:
        mode, bands = learned.mode, {True: "in", False: "out"}
        self.agreement.labels(mode, bands[learned.total_in_band], bands[learned.in_band]).inc()
        self.points.labels(mode, "rules").observe(float(card.total))
        self.points.labels(mode, "learned").observe(float(learned.points))
        self.probability.labels(mode).observe(float(learned.probability))
        self.unknown.labels(mode).inc(learned.unknown)


class RescoringMetrics(PassMetrics):
    """How far the pass of new rules over stored leads is, and how many leads wait for a person because of them."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        left = "Stored leads of the own lanes yet to be judged by the rules in force"
        super().__init__("rescoring", left, "Stored leads handed to the loop to be judged by new rules", registry)
        self.reviews = Gauge(
            "leadline_review_waiting", "Leads that qualify by new rules alone and wait for a person's word",
            registry=registry,
        )  # fmt: skip
