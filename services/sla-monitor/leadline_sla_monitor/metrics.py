"""The monitor's own metrics, counted from events that are committed and published."""

from collections import Counter as Tally
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram

from leadline_runtime.decision import Emit
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage
from leadline_sla_monitor.armed_late import ArmedLate
from leadline_sla_monitor.core.arming import DECISION, OWNER_RESPONSE
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.next_due import NextDue, earliest
from leadline_sla_monitor.open_promises import CLOCKS, OpenPromises
from leadline_sla_monitor.speed_metrics import SpeedMetrics, targets
from leadline_sla_monitor.stage_metrics import StageMetrics

CAUSES = ("delivery", "system", "coverage", "owner")
DELAY = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)
UNMERGED = "unmerged"  # a promise that was counted before has its full time once more
BROKEN = frozenset({"breached", "lapsed"})


class SlaMetrics:
    """The metrics: counters of what happened, and gauges of how the leads of the own lanes stand."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"leadline_sla_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"leadline_{name}", text, labels, registry=registry)

        self.armed = counter("armed", "Promises made", "policy", "target")
        self.due = counter("due", "Promises that came due: kept, or broken; each counts once", "policy", "target")
        self.breached = counter("breached", "Promises broken, by what was the cause", "policy", "target", "cause")
        self.retracted = counter(
            "retracted", "Breaches taken back: an answer in time was read late", "policy", "target"
        )
        self.met = counter("met", "Promises kept", "policy", "target")
        self.warnings = counter(
            "warnings", "Steps of ladders, before and after the due time, by percent of the open time", "level"
        )
        self.moved = counter("moved", "Promises that other calendars moved, by a person's order", "policy", "target")
        self.paused = counter("paused", "Promises that were told to stand still, by reason", "reason")
        self.open = gauge("sla_open", "Promises neither kept nor broken", "clock")
        registry.register(NextDue(lambda: self._pictures))
        self.oldest = gauge(
            "sla_oldest_unanswered_timestamp_seconds", "Since when the longest waiting lead waits; 0 if none does"
        )
        self.delay = Histogram(
            "leadline_sla_breach_delay_seconds",
            "From the due time of a promise armed before it to its breach",
            buckets=DELAY,
            registry=registry,
        )
        self.speed = SpeedMetrics(registry)
        self.stages = StageMetrics(registry)
        self.armed_late = ArmedLate()
        self._pictures: Collection[OpenPromises] = ()
        self._answer_when_asked()

    def rules_in_force(self, rules: SlaRules) -> None:
        """Count from 0 what these rules can promise, and tell speed by their targets. See Step.rules_in_force."""
        self.speed.promised(targets(rules))
        self._start_at_zero(DECISION, DECISION, ("system",))
        for policy in (*rules.policies, *rules.added):
            for target in policy.targets:
                self._start_at_zero(policy.name, target.name, CAUSES)
            if policy.reassign_after is not None:
                self._start_at_zero(policy.name, OWNER_RESPONSE, CAUSES)
        for stage in rules.lifecycle.clocks:
            self._start_at_zero("stage", stage, ("coverage", "owner", "system"))
        for level in rules.levels:
            self.warnings.labels(str(level))
        for reason in rules.pauses.reasons:
            self.paused.labels(reason)

    def _start_at_zero(self, policy: str, target: str, causes: Sequence[str]) -> None:
        for counted in (self.armed, self.due, self.met, self.retracted):
            counted.labels(policy, target)
        for cause in causes:
            self.breached.labels(policy, target, cause)

    def measure(self, events: Sequence[Emit[Any]]) -> None:
        """Count committed events."""
        tally: Tally[tuple[Counter, tuple[str, ...]]] = Tally()
        for emit in events:
            if isinstance(emit.event, LeadSla):
                self._count(emit.event, tally)
                self.armed_late.note(emit.event)
            elif isinstance(emit.event, LeadStage):
                self.stages.count(emit.event)
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
        if event.kind == "armed" and event.supersedes is None and event.reason != UNMERGED:
            tally[self.armed, labels] += 1
        elif event.kind in {"warned", "escalated"}:
            tally[self.warnings, (str(event.level),)] += 1
        elif event.kind == "paused":
            tally[self.paused, (event.reason or "",)] += 1
        elif event.kind == "moved":
            tally[self.moved, labels] += 1
        elif event.kind in BROKEN:
            tally[self.breached, (*labels, event.cause or "unknown")] += 1
            if not self.armed_late.holds(event):
                self.delay.observe((event.detected_at - event.due_at).total_seconds())
        elif event.kind == "breach_retracted":
            tally[self.retracted, labels] += 1
        elif event.kind == "met" and event.first_verdict:
            tally[self.met, labels] += 1
        if event.first_verdict:
            tally[self.due, labels] += 1
        # Once a promise: what is met again after its answer turned out to be nothing was observed before.
        if event.kind == "resolved_late" or (event.kind == "met" and event.first_verdict):
            self.speed.observe(event)

    def _answer_when_asked(self) -> None:
        for clock in CLOCKS:
            self.open.labels(clock).set_function(partial(self._count_open, clock))
        self.oldest.set_function(lambda: earliest(each.waiting.earliest() for each in self._pictures))

    def _count_open(self, clock: str) -> int:
        return sum(each.count[clock] for each in self._pictures)
