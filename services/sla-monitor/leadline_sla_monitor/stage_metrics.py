"""What became of transitions between stages, and what silence did, counted from committed events."""

from functools import cache
from typing import get_args

from prometheus_client import CollectorRegistry, Counter

from leadline_schemas.stage import LeadStage
from leadline_schemas.vocabulary import Stage

RESULTS = ("applied", "not_applied", "reverted")
ACTIONS = ("notice", "manager", "flag", "reactivation", "delisted")


class StageMetrics:
    """Counters with few labels: stages wanted and what became of it. Historical transitions are not counted."""

    def __init__(self, registry: CollectorRegistry) -> None:
        moved = Counter(
            "leadline_stage_transitions",
            "Transitions between stages, by the stage wanted and what became of it",
            ("to", "result"),
            registry=registry,
        )
        silent = Counter(
            "leadline_stage_silences", "Words about leads that are silent, or archived", ("action",), registry=registry
        )
        self._moved, self._silent = cache(moved.labels), cache(silent.labels)
        for stage in get_args(Stage)[1:]:
            for result in RESULTS:
                self._moved(stage, result)
        for action in ACTIONS:
            self._silent(action)

    def count(self, event: LeadStage) -> None:
        """Count one event."""
        if event.historical:
            return
        if event.kind in RESULTS and event.to is not None:
            self._moved(event.to, event.kind).inc()
        else:
            self._silent(event.action or event.kind).inc()
