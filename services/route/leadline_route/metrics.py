"""Route's own metrics, counted from events that are committed and published."""

from collections import Counter as Tally
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge

from leadline_runtime.decision import Emit
from leadline_schemas.routed import LeadRouted

# A held lead is decided again at its time, if not by this process then by the lane's new owner: forgotten after that.
FORGOTTEN_AFTER = timedelta(minutes=10)
QUEUED_FOR = timedelta(days=7)


class RouteMetrics:
    """The metrics, and which leads this process has left without an owner."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self.routed = Counter(
            "leadline_routed", "Routing events by outcome and rule", ("outcome", "rule"), registry=registry
        )
        self.unrouted = Gauge(
            "leadline_unrouted", "Leads that wait for an owner: held, or in a queue", registry=registry
        )
        self._waiting: dict[UUID, datetime] = {}

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count committed events, and who waits after them."""
        tally: Tally[tuple[str, str]] = Tally()
        now = None
        for emit in events:
            event = emit.event
            if not isinstance(event, LeadRouted):
                continue
            tally[event.outcome, event.rule] += 1
            now = event.basis.decided_at
            self._note(event)
        for labels, number in tally.items():
            self.routed.labels(*labels).inc(number)
        if now is not None:
            self._waiting = {lead: until for lead, until in self._waiting.items() if until > now}
            self.unrouted.set(len(self._waiting))

    def _note(self, event: LeadRouted) -> None:
        if event.held_until is not None:
            self._waiting[event.lead_id] = event.held_until + FORGOTTEN_AFTER
        elif event.outcome == "queue":
            self._waiting[event.lead_id] = event.basis.decided_at + QUEUED_FOR
        else:
            self._waiting.pop(event.lead_id, None)
