"""Route's own metrics: events counted when they are committed and published, and the leads that wait for an owner."""

from collections import Counter as Tally
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from leadline_route.core.coverage import Coverage
from leadline_route.state import Body
from leadline_runtime.decision import Emit
from leadline_runtime.pass_metrics import PassMetrics
from leadline_schemas.routed import LeadRouted

MOST_NEEDS = 300  # time series


class Unrouted:
    """The leads of one lane that wait for an owner. See leadline_runtime.step.Picture."""

    def __init__(self) -> None:
        self.leads: set[UUID] = set()

    def put(self, lead_id: UUID, body: Body) -> None:
        """See Picture.put."""
        if body.standing.waits:
            self.leads.add(lead_id)
        else:
            self.leads.discard(lead_id)

    def drop(self, lead_id: UUID) -> None:
        """See Picture.drop."""
        self.leads.discard(lead_id)


class RouteMetrics:
    """The metrics."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.routed = Counter(
            "leadline_routed", "Routing events by outcome and rule", ("outcome", "rule"), registry=registry
        )
        self.unrouted = Gauge(
            "leadline_unrouted", "Leads that wait for an owner: held, or in a queue", registry=registry
        )

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count committed events."""
        tally: Tally[tuple[str, str]] = Tally()
        for emit in events:
            if isinstance(emit.event, LeadRouted) and not emit.suffix:
                tally[emit.event.outcome, emit.event.rule] += 1
        for labels, number in tally.items():
            self.routed.labels(*labels).inc(number)

    def picture(self) -> Unrouted:
        """See leadline_runtime.step.Gauges."""
        return Unrouted()

    def watch(self, pictures: Collection[Unrouted]) -> None:
        """See Gauges.watch."""
        self.unrouted.set_function(lambda: sum(len(each.leads) for each in pictures))


class HandoverMetrics(PassMetrics):
    """How far handing over the leads of those who left or are away is."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        left = "Leads of the own lanes, of members who left or are away, yet to be looked at"
        super().__init__("handover", left, "Leads handed to the loop because their owner left or is away", registry)


class CoverageMetrics:
    """Open time of the coming days without anybody, per need; see core/coverage.py. Only what a rules file names."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.uncovered = Gauge(
            "leadline_route_uncovered_seconds",
            "Open time of the coming 7 days in which no member who may have these leads is on duty",
            ("rule", "territory", "skill"),
            registry=registry,
        )
        self.looked = Gauge(
            "leadline_route_coverage_timestamp_seconds", "When coverage was looked at last", registry=registry
        )

    def tell(self, found: Sequence[Coverage]) -> None:
        """What was found now; needs of earlier rules are forgotten. Beyond MOST_NEEDS they are told as one."""
        told: dict[tuple[str, str, str], float] = {}
        for each in sorted(found, key=lambda one: -one.missing):
            need = each.need
            labels = (need.rule or "(owners away)", need.territory or "", need.skill or "")
            if len(told) >= MOST_NEEDS and labels not in told:
                labels = ("(others)", "", "")
            told[labels] = told.get(labels, 0.0) + each.missing.total_seconds()
        self.uncovered.clear()
        for labels, seconds in told.items():
            self.uncovered.labels(*labels).set(seconds)
        self.looked.set_to_current_time()
