"""Enrich in the real loop, on topics and tables in memory: silence, the alarm, the late answer, a crash between."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_enrich.app import STEP
from leadline_enrich.core.answers import Answer
from leadline_enrich.core.enrich_rules import ProviderRules
from leadline_enrich.core.questions import Question
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.settings import EnrichSettings
from leadline_runtime.clock import PipelineClock
from leadline_runtime.crash import CrashPoints
from leadline_runtime.frames import Outgoing
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.testing.memory_database import MemoryDatabase, MemoryTables
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode, encode
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.ids import derived_id, key_bytes, partition_of
from leadline_schemas.lead import Quarantine
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED
from tests.unit.enrich.leads import NOW, captured
from tests.unit.enrich.test_tables import HEAD, written
from tests.unit.enrich.vendors import Vendor, rules_with

LANES = 2


class World:
    """What survives an instance: topics, tables, and the files that enrich looks things up in."""

    def __init__(self, folder: Path) -> None:
        self.vendor: Vendor | None = None
        self.in_transaction = False
        self.tables, self.topics = MemoryTables(NOW), MemoryTopics(LANES)
        self.settings = EnrichSettings(
            redis_url=SecretStr("redis://127.0.0.1:1/0"),
            firmographics_file=folder / "firmographics.csv",
            accounts_file=written(folder / "accounts.csv", "domain,status,owner\n"),
        )

    def captured(self, event: LeadCaptured) -> None:
        """Capture tells of a lead."""
        key = key_bytes(event.lead_id)
        cause = derived_id("event", event.lead_id, event.revision)
        headers = (("ce_id", str(cause).encode()), ("ce_type", LEAD_CAPTURED.event_type.encode()))
        value = encode(LEAD_CAPTURED, event)
        self.topics.append(Outgoing(LEAD_CAPTURED.name, partition_of(key, LANES), key, value, headers))

    async def run(self, turns: int = 12) -> None:
        """A new instance takes over and works for some turns."""
        facts = ProviderFacts(self.settings) if self.vendor is None else ProviderFacts(self.settings, self._asks)
        step = replace(STEP, facts=facts)
        if self.vendor is not None:
            step = replace(step, rules=replace(STEP.rules, build=lambda contents: rules_with()))
        metrics = RuntimeMetrics(step.name, CollectorRegistry())
        settings = Settings(database_url=SecretStr("memory"), idle_look_s=0.0001, offsets_every_s=0.0001)
        log = MemoryLog(self.topics, step.name, [LEAD_CAPTURED.name], range(LANES))
        rules = RulesWatch(step.rules, None, metrics)
        database = Watched(self)
        parts = Parts(settings, database, log, rules, metrics, CrashPoints("", None), PipelineClock(), "1")
        loop = Loop(step, parts)
        for _ in range(turns):
            await loop.turn()
            await asyncio.sleep(0)
        await loop.batching.settled()
        await facts.close()

    def _asks(self, rules: ProviderRules) -> Vendor:
        assert self.vendor is not None
        return self.vendor

    def told(self) -> list[LeadEnriched]:
        """Every enriched event, each once: a claim publishes the newest again, byte for byte."""
        once = dict.fromkeys(record.value or b"" for record in self.topics.all(LEAD_ENRICHED.name))
        return [decode(LEAD_ENRICHED, value) for value in once]


class Watched(MemoryDatabase):
    """A database that says when a transaction is open."""

    def __init__(self, world: World) -> None:
        super().__init__(world.tables, STEP.body)
        self.world = world

    @asynccontextmanager
    async def batch(self, lanes: Sequence[int]) -> AsyncIterator[Any]:
        async with super().batch(lanes) as tx:
            self.world.in_transaction = True
            try:
                yield tx
            finally:
                self.world.in_transaction = False


class Watcher(Vendor):
    """A vendor that notices when it is asked within a transaction."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.within = world, 0

    async def ask(self, questions: Sequence[Question]) -> Mapping[Question, Answer]:
        self.within += self.world.in_transaction
        return await super().ask(questions)


async def test_nobody_is_asked_within_a_transaction(tmp_path: Path) -> None:
    world = World(tmp_path)
    written(world.settings.firmographics_file, HEAD)
    watcher = world.vendor = Watcher(world)
    watcher.says = lambda question: Answer(status="unavailable", reason="throttled")
    world.captured(captured())
    await world.run()
    world.tables.now += timedelta(seconds=31)
    await world.run()
    assert len(watcher.asked) == 2  # for the record, and for the alarm
    assert watcher.within == 0


async def test_a_vendor_that_hangs_is_told_as_absent_and_its_late_answer_soon_after(tmp_path: Path) -> None:
    world = World(tmp_path)
    written(world.settings.firmographics_file, HEAD)
    world.vendor = Vendor()
    world.vendor.open.clear()
    world.captured(captured())
    await world.run()
    (first,) = world.told()
    assert (first.complete, first.facts["employees"].absent) == (False, "timeout")

    world.vendor.open.set()  # and the instance that had asked is dead: what was said to it is lost
    world.tables.now += timedelta(seconds=1)
    await world.run()
    _, late = world.told()
    assert (late.revision, late.complete, late.effective.employees) == (2, True, 400)
    assert late.facts["employees"].provider == "vendor"
    assert late.captured == first.captured


async def test_a_late_answer_makes_a_new_revision(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.captured(captured())
    await world.run()
    (first,) = world.told()
    assert not first.complete

    written(world.settings.firmographics_file, HEAD + "acme.example,400,logistics\n")
    await world.run()
    assert len(world.told()) == 1  # its time has not come

    world.tables.now += timedelta(seconds=31)
    await world.run()
    _, late = world.told()
    assert (late.revision, late.complete, late.effective.employees) == (2, True, 400)
    assert late.basis.cause_kind == "timer"
    assert late.captured == first.captured

    world.tables.now += timedelta(days=1)
    await world.run()
    assert len(world.told()) == 2


async def test_silence_through_many_alarms_is_told_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.captured(captured())
    for _ in range(5):
        await world.run()
        world.tables.now += timedelta(hours=2)
    assert [event.revision for event in world.told()] == [1]


async def test_a_lead_in_quarantine_is_enriched_when_it_is_released(tmp_path: Path) -> None:
    world = World(tmp_path)
    written(world.settings.firmographics_file, HEAD + "acme.example,400,logistics\n")
    apart = captured(quarantine=Quarantine(reason="spam", since=NOW))
    world.captured(apart)
    await world.run()
    assert world.told() == []
    world.captured(captured(revision=2, lead_id=apart.lead_id, outcome="released"))
    await world.run()
    (event,) = world.told()
    assert (event.revision, event.effective.employees) == (1, 400)


async def test_a_repeat_and_an_older_revision_tell_nothing_new(tmp_path: Path) -> None:
    world = World(tmp_path)
    newer, older = captured(revision=2), captured(revision=1)
    world.captured(newer)
    world.captured(newer)
    world.captured(older)
    await world.run()
    assert [event.captured.revision for event in world.told()] == [2]
