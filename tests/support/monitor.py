"""The SLA monitor with topics and gauges of its own: several instances of it can stand side by side in a test."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import CollectorRegistry

from leadline_runtime.decision import Decision
from leadline_runtime.envelope import headers
from leadline_runtime.frames import Outgoing
from leadline_runtime.step import Step
from leadline_schemas.codec import encode
from leadline_schemas.event import Event
from leadline_schemas.ids import derived_id, key_bytes, lead_id, partition_of
from leadline_schemas.topics import (
    LEAD_ACTIVITY,
    LEAD_CAPTURED,
    LEAD_ROUTED,
    LEAD_SLA,
    LEAD_STAGE,
    Topic,
    dead_letter_topic,
)
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.metrics import SlaMetrics
from leadline_sla_monitor.open_promises import CLOCKS
from leadline_sla_monitor.overdue import OverdueStore
from leadline_sla_monitor.testing import MemoryOverdue
from tests.support.sla_story import captured, request, routed

PARTITIONS = 4
DUE = "leadline_sla_next_due_timestamp_seconds"


class Told:
    """The gauges of one instance."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = SlaMetrics(self.registry)

    def open(self) -> list[float]:
        """Open promises: decision, customer, owner, stage."""
        return [self._value("sla_open", clock=clock) for clock in CLOCKS]

    def times(self) -> tuple[float, float]:
        """When the next promise is due, and since when the longest waiting lead waits."""
        oldest = self._value("sla_oldest_unanswered_timestamp_seconds")
        return self._next_due(), oldest

    def _next_due(self) -> float:
        """Of all policies; 0: nothing is due."""
        families = (family for family in self.registry.collect() if family.name == DUE)
        return min((sample.value for family in families for sample in family.samples if sample.value), default=0)

    def _value(self, name: str, **labels: str) -> float:
        found = self.registry.get_sample_value(f"leadline_{name}", labels)
        assert found is not None
        return found


class Monitor:
    """The step under a name of its own; `instance` gives one more of its instances' declarations.

    `in_memory`: its own table too, shared by all instances.
    """

    def __init__(self, prefix: str, *, in_memory: bool = False) -> None:
        self.prefix, self.store = prefix, OverdueStore(MemoryOverdue()) if in_memory else STEP.store
        self.topics: dict[str, Topic[Any]] = {
            topic.name: replace(topic, name=f"{prefix}.{topic.name}") for topic in (*STEP.reads, LEAD_SLA, LEAD_STAGE)
        }
        self.letters = dead_letter_topic(prefix)

    def names(self) -> list[str]:
        """All topics."""
        return [*(topic.name for topic in self.topics.values()), self.letters]

    def instance(self) -> tuple[Step[Any], Told]:
        """A step, and what it tells. Nothing is judged by the horizon: there is no capture to be behind."""
        told = Told()
        reads = tuple(self.topics[topic.name] for topic in STEP.reads)
        writes = (self.topics[LEAD_SLA.name], self.topics[LEAD_STAGE.name])
        step = replace(
            STEP, name=self.prefix, reads=reads, writes=writes, decide=self._decide,
            store=self.store, judges=False, measure=told.metrics.measure, gauges=told.metrics,
        )  # fmt: skip
        return step, told

    def _decide(self, *given: Any) -> Decision[Any]:
        decision = STEP.decide(*given)
        return replace(decision, events=tuple(replace(e, topic=self.topics[e.topic.name]) for e in decision.events))

    def demo(self, number: int, start: datetime) -> list[Outgoing]:
        """A demo request as capture tells it, and route two seconds later: two promises, and an owner with a clock."""
        lead = demo_lead(number, start)
        asked, at = request(f"request {number}", "demo_request", start, origin=lead), start + timedelta(seconds=2)
        return [
            self.out(LEAD_CAPTURED, captured(start, asked).model_copy(update={"lead_id": lead})),
            self.out(LEAD_ROUTED, routed(at, asked).model_copy(update={"lead_id": lead})),
        ]

    def out(self, topic: Topic[Any], event: Event) -> Outgoing:
        """An event as its writer sends it."""
        key = key_bytes(event.lead_id)
        identity = derived_id("event", topic.name, event.lead_id, event.revision)
        kind = topic.event_type
        if topic is LEAD_ACTIVITY:
            kind = f"{kind}.{event.activity.kind}"  # type: ignore[attr-defined]
        pairs = headers("test", kind, identity, event.basis.decided_at, "0" * 32)
        return Outgoing(
            self.topics[topic.name].name, partition_of(key, PARTITIONS), key, encode(topic, event), tuple(pairs)
        )


def demo_lead(number: int, start: datetime) -> UUID:
    """The id of the lead of a demo request."""
    return lead_id(start, derived_id("submission", number))
