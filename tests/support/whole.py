"""The whole pipeline in memory: the five real steps one after the other over topics and tables in memory, for stories
that go from a submission to a promise without any server."""

import asyncio
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import Any

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_capture.app import STEP as CAPTURE
from leadline_capture.testing import MemoryCaptureStore
from leadline_enrich.app import STEP as ENRICH
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.settings import EnrichSettings
from leadline_route.app import STEP as ROUTE
from leadline_route.store import RouteStore
from leadline_route.testing import MemoryChanges, MemoryOutcomes, MemoryOwned, MemoryRoster
from leadline_runtime.clock import PipelineClock
from leadline_runtime.frames import Outgoing
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import LoadedRules
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.step import Step
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.ids import partition_of
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_ROUTED, LEAD_SLA, Topic, dead_letter_topic
from leadline_score.metrics import RescoringMetrics
from leadline_score.rescoring import Rescoring
from leadline_score.review_list import Listed
from leadline_score.testing import MemoryRescoring, MemoryReviewStore
from leadline_sla_monitor.app import STEP as SLA
from leadline_sla_monitor.overdue import OverdueStore
from leadline_sla_monitor.testing import MemoryOverdue
from tests.support.memory_world import DyingAt
from tests.unit.capture.story import Capture

LANES = 2
NOWHERE = "redis://127.0.0.1:1"  # the cache changes no outcome


def steps() -> tuple[Step[Any], ...]:
    """The steps as they run in production, with tables and counts in memory."""
    facts = ProviderFacts(EnrichSettings(database_url=SecretStr("memory"), redis_url=SecretStr(NOWHERE)))
    real = (
        replace(CAPTURE, store=MemoryCaptureStore()), replace(ENRICH, facts=facts), _score(),
        replace(ROUTE, store=RouteStore(MemoryRoster(), MemoryOutcomes(), MemoryOwned(), MemoryChanges())),
        replace(SLA, store=OverdueStore(MemoryOverdue())),
    )  # fmt: skip
    return tuple(replace(step, measure=lambda events: None, gauges=None) for step in real)


def _score() -> Step[Any]:
    from leadline_score.app import STEP  # its metrics are made at import, once in a process

    return replace(STEP, store=MemoryReviewStore())


@cache
def _rules(name: str) -> RulesWatch[Any]:
    step = next(each for each in steps() if each.name == name)
    return RulesWatch(step.rules, None, RuntimeMetrics(f"{name}-rules", CollectorRegistry()))


class Whole:
    """Everything between `lead.received` and `lead.sla`, at a time that the story sets."""

    def __init__(self, now: datetime) -> None:
        self.now, self.edge, self.topics, self.steps = now, Capture(), MemoryTopics(LANES), steps()
        self.tables = {step.name: MemoryTables(now) for step in self.steps}
        self.loops: dict[str, Loop] = {}

    async def at(self, now: datetime) -> "Whole":
        """Time goes on; what falls due until then is decided."""
        self.now = now
        for tables in self.tables.values():
            tables.now = now
        await self.run()
        return self

    async def comes(self, payload: Mapping[str, Any] | str, **said: Any) -> "Whole":
        """A submission comes in, as the door writes it (`Capture.received` says what may be said of it)."""
        record = self.edge.at(self.now).received(payload, **said)
        assert record.key is not None
        lane = partition_of(record.key, LANES)
        self.topics.append(Outgoing(record.topic, lane, record.key, record.value or b"", record.headers))
        await self.run()
        return self

    async def publishes(self, scoring: LoadedRules[Any]) -> "Whole":
        """New rules of scoring are in force, and the pass over stored leads goes by."""
        loop = self.loops["score"]
        loop.parts.rules.current = scoring
        table_of = partial(MemoryRescoring, self.tables["score"])
        await Rescoring(loop, RescoringMetrics(CollectorRegistry()), 1e6, table_of).look()
        await self.run()
        return self

    async def says_of_it(self, kind: str) -> "Whole":
        """A person says a word about the one lead there is, at the door."""
        act = {"kind": kind, "lead_id": str(self.lead.lead_id), "reason": "so it is"}
        return await self.comes({**act, "actor": {"kind": "person", "id": "mara"}}, way="activities", trusted=True)

    @property
    def on_review(self) -> list[Listed]:
        """The review list."""
        store = self.loops["score"].step.store
        assert isinstance(store, MemoryReviewStore)
        return list(store.rows.values())

    async def run(self) -> None:
        """Every step does all there is to do, until nothing new is written."""
        while True:
            before = self._count()
            for step in self.steps:
                await self._turn(self.loops.get(step.name) or await self._started(step))
            if self._count() == before:
                return

    def _count(self) -> int:
        return sum(map(len, self.topics.records.values()))

    async def _started(self, step: Step[Any]) -> Loop:
        settings = Settings(
            database_url=SecretStr("memory"), idle_look_s=0.0001, batch_pace_s=0, offsets_every_s=0.0001
        )
        metrics = RuntimeMetrics(step.name, CollectorRegistry())
        log = MemoryLog(self.topics, step.name, [topic.name for topic in step.reads], range(LANES))
        database = MemoryDatabase(self.tables[step.name], step.body)
        await database.prepare()
        rules = copy(_rules(step.name))
        parts = Parts(settings, database, log, rules, metrics, DyingAt(), PipelineClock(), "test")
        self.loops[step.name] = Loop(step, parts)
        return self.loops[step.name]

    async def _turn(self, loop: Loop) -> None:
        for _ in range(6):
            await loop.turn()
            await asyncio.sleep(0)
        await loop.batching.settled()
        assert self.topics.all(dead_letter_topic(loop.step.name)) == []

    def _told(self, topic: Topic[Any]) -> list[Any]:
        values = dict.fromkeys(record.value or b"" for record in self.topics.all(topic.name))
        return [decode(topic, value) for value in values]

    @property
    def lead(self) -> LeadCaptured:
        """The newest snapshot of the one lead there is."""
        found: list[LeadCaptured] = self._told(LEAD_CAPTURED)
        assert len({each.lead_id for each in found}) == 1
        return max(found, key=lambda each: each.revision)

    @property
    def acts(self) -> list[Activity]:
        """What was told on lead.activity."""
        return [each.activity for each in self._told(LEAD_ACTIVITY)]

    @property
    def routed(self) -> LeadRouted:
        """The newest outcome of the one lead there is."""
        found: list[LeadRouted] = self._told(LEAD_ROUTED)
        return max(found, key=lambda each: each.revision)

    @property
    def promises(self) -> dict[str, list[str]]:
        """By target what the monitor told of it, in order; the system's own promise and stages left out."""
        found: dict[str, list[str]] = {}
        events: list[LeadSla] = sorted(self._told(LEAD_SLA), key=lambda each: each.revision)
        for event in events:
            if event.clock not in {"decision", "stage"}:
                found.setdefault(event.target, []).append(event.kind)
        return found

    def due(self, target: str) -> datetime | None:
        """When a target was armed to be due."""
        return next((e.due_at for e in self._told(LEAD_SLA) if e.target == target and e.kind == "armed"), None)
