"""The monitor's own metrics, counted from events that are committed and published."""

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_runtime.decision import Emit
from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.armed_late import ArmedLate
from leadline_sla_monitor.open_promises import CLOCKS, OpenPromises

# Every target of the shipped rules is a bound, so that "how many within the target" can be read exactly.
SPEED = (60, 300, 900, 3600, 7200, 14400, 86400, 172800)
DELAY = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
ANSWERED = frozenset({"met", "resolved_late"})
BROKEN = frozenset({"breached", "lapsed"})


class SlaMetrics:
    """The metrics: counters of what happened, and gauges of how the leads of the own lanes stand."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"leadline_sla_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"leadline_{name}", text, labels, registry=registry)

        self.armed = counter("armed", "Promises made", "policy", "target")
        self.due = counter("due", "Promises met or broken; a verdict changed later counts once", "policy", "target")
        self.breached = counter("breached", "Promises broken", "policy", "target", "cause")
        self.met = counter("met", "Promises kept", "policy", "target")
        self.warnings = counter("warnings", "Warnings sent, by percent of the open time", "level")
        self.open = gauge("sla_open", "Promises neither kept nor broken", "clock")
        self.next_due = gauge("sla_next_due_timestamp_seconds", "When the next promise to a customer is due; 0 if none")
        self.oldest = gauge(
            "sla_oldest_unanswered_timestamp_seconds", "Since when the longest waiting lead waits; 0 if none does"
        )
        self.delay = Histogram(
            "leadline_sla_breach_delay_seconds",
            "From the due time of a promise armed before it to its breach",
            buckets=DELAY,
            registry=registry,
        )
        self.speed = Histogram(
            "leadline_speed_to_lead_seconds",
            "From the request to the first human answer: wall time, and the human part of it",
            ("kind",),
            buckets=SPEED,
            registry=registry,
        )
        self.armed_late = ArmedLate()
        self._pictures: Collection[OpenPromises] = ()
        self._answer_when_asked()
        for kind in ("wall", "human"):
            self.speed.labels(kind)

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count committed events."""
        tally: Tally[tuple[Counter, tuple[str, ...]]] = Tally()
        for emit in events:
            if isinstance(emit.event, LeadSla):
                self._count(emit.event, tally)
                self.armed_late.note(emit.event)
        for (counted, labels), number in tally.items():
            counted.labels(*labels).inc(number)

    def picture(self) -> OpenPromises:
        """See leadline_runtime.step.Gauges."""
        return OpenPromises()

    def watch(self, pictures: Collection[OpenPromises]) -> None:
        """See Gauges.watch."""
        self._pictures = pictures

    def _count(self, event: LeadSla, tally: Tally[tuple[Counter, tuple[str, ...]]]) -> None:
        labels = (event.policy or event.clock, event.target)
        if event.kind == "armed" and event.supersedes is None:
            tally[self.armed, labels] += 1
        elif event.kind == "warned":
            tally[self.warnings, (str(event.level),)] += 1
        elif event.kind in BROKEN:
            tally[self.breached, (*labels, event.cause or "unknown")] += 1
            tally[self.due, labels] += event.supersedes is None
            if not self.armed_late.holds(event):
                self.delay.observe((event.detected_at - event.due_at).total_seconds())
        elif event.kind == "met" and event.supersedes is None:
            tally[self.met, labels] += 1
            tally[self.due, labels] += 1
        if event.kind in ANSWERED and event.system_s is not None and event.supersedes is None:
            self.speed.labels("wall").observe((event.elapsed_s or 0) + (event.quarantine_s or 0))
            self.speed.labels("human").observe(event.human_s or 0)

    def _answer_when_asked(self) -> None:
        for clock in CLOCKS:
            self.open.labels(clock).set_function(partial(self._count_open, clock))
        self.next_due.set_function(lambda: _earliest(each.due.earliest() for each in self._pictures))
        self.oldest.set_function(lambda: _earliest(each.waiting.earliest() for each in self._pictures))

    def _count_open(self, clock: str) -> int:
        return sum(each.count[clock] for each in self._pictures)


def _earliest(times: Iterable[datetime | None]) -> float:
    """As a POSIX time; 0: there is none."""
    return min((at.timestamp() for at in times if at is not None), default=0)
