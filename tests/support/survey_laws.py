"""Laws of gauges about leads: right after every restart, claim and rebalance; the same in memory and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest

from leadline_runtime import survey
from leadline_runtime.database import Alarmed, Database, Doubt, Pages
from leadline_runtime.loop import Loop
from leadline_schemas.ids import key_bytes, partition_of
from tests.support.memory_world import LANES, MemoryWorld
from tests.support.running import until
from tests.support.tally import Counted

LEADS = [UUID(int=n) for n in range(1, 21)]
ANN = LEADS[0]


class LaneTally(dict[UUID, int]):
    """How often each lead of a lane was counted."""

    def put(self, lead_id: UUID, body: Counted) -> None:
        """See Picture.put."""
        self[lead_id] = len(body.seen)

    def drop(self, lead_id: UUID) -> None:
        """See Picture.drop."""
        self.pop(lead_id, None)


class TallyGauges:
    """What an instance tells of its leads."""

    def __init__(self) -> None:
        self.pictures: Collection[LaneTally] = ()

    def picture(self) -> LaneTally:
        """See Gauges.picture."""
        return LaneTally()

    def watch(self, pictures: Collection[LaneTally]) -> None:
        """See Gauges.watch."""
        self.pictures = pictures

    @property
    def told(self) -> dict[UUID, int]:
        """What a scrape would find now."""
        found = {lead: times for each in self.pictures for lead, times in each.items()}
        assert len(found) == sum(len(each) for each in self.pictures), "a lead has one lane"
        return found


class HeldBack:
    """A database that holds the first page of its surveys back, once it is read, until it may go on; or fails it."""

    def __init__(self, database: Database, fault: Exception | None = None) -> None:
        self.database, self.fault = database, fault
        self.read, self.go_on = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.database, name)

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[Pages]:
        """See Database.survey."""
        async with self.database.survey() as pages:
            self.pages = pages
            yield self

    async def page(self, lane: int, after: Alarmed | None, limit: int) -> Sequence[Alarmed]:
        """See Pages.page."""
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        found = await self.pages.page(lane, after, limit)
        self.read.set()
        await self.go_on.wait()
        return found


class SurveyWorld(MemoryWorld):
    """Instances of the tally step that tell of leads with an alarm."""

    def __init__(self, name: str = "tally") -> None:
        super().__init__(name)
        self.loops: list[Loop] = []

    async def telling(
        self, lanes: Iterable[int] = range(LANES), database: HeldBack | None = None
    ) -> tuple[Loop, TallyGauges]:
        """A new instance that owns these lanes, and its gauges."""
        gauges = TallyGauges()
        self.tally.step = replace(self.tally.step, gauges=gauges)
        loop = self.instance(lanes=lanes, database=cast(Database | None, database))
        await loop.parts.database.prepare()
        self.loops.append(loop)
        return loop, gauges

    async def looked_over(self, loop: Loop) -> None:
        """Work, until all leads of the own lanes are known."""
        await self.run(loop)
        await until(lambda: whole(loop), "a survey to end", 10)

    async def close(self) -> None:
        """Let go of all connections."""
        for loop in self.loops:
            await loop.batching.survey.stop()
            await loop.parts.database.close()

    def every_lead_is_counted(self) -> dict[UUID, int]:
        """Leads with an alarm, counted once or twice, and one without, of which nothing is to be told."""
        for n, lead in enumerate(LEADS):
            self.ping(lead, "timer")
            if n % 3 == 0:
                self.ping(lead)
        self.ping(UUID(int=99))
        return {lead: 2 if n % 3 == 0 else 1 for n, lead in enumerate(LEADS)}


def whole(loop: Loop) -> bool:
    """Does the instance say that it knows all leads of its lanes?"""
    return bool(loop.parts.metrics.surveyed.labels(loop.step.name)._value.get())


def of_lanes(told: dict[UUID, int], *lanes: int) -> dict[UUID, int]:
    """What is told of the leads of these lanes."""
    return {lead: times for lead, times in told.items() if partition_of(key_bytes(lead), LANES) in lanes}


class SurveyLaws:
    """Subclassed where a `world` fixture says where the states are."""

    async def test_a_new_instance_tells_what_the_old_one_told(self, world: SurveyWorld) -> None:
        expected = world.every_lead_is_counted()
        old, kept_up = await world.telling()
        await world.looked_over(old)
        assert kept_up.told == expected, "by the batches"
        new, surveyed = await world.telling()
        await world.looked_over(new)
        assert surveyed.told == expected, "by the states"
        world.ping(ANN)
        await world.run(new)
        assert surveyed.told == {**expected, ANN: expected[ANN] + 1}, "and goes on"

    async def test_a_survey_takes_bounded_pages_and_misses_nobody(
        self, world: SurveyWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(survey, "PAGE", 3)
        monkeypatch.setattr(survey, "SLICE", 2)
        expected = world.every_lead_is_counted()  # at one instant: their alarms are the same
        await world.looked_over((await world.telling())[0])
        new, gauges = await world.telling()
        await world.looked_over(new)
        assert gauges.told == expected

    async def test_a_page_is_the_next_leads_of_one_lane_that_have_an_alarm_soonest_first(
        self, world: SurveyWorld
    ) -> None:
        for lead in (LEADS[3], LEADS[1], LEADS[2]):
            world.ping(lead, "timer")
        world.ping(UUID(int=99))
        loop, _ = await world.telling()
        await world.looked_over(loop)
        world.pass_time(10)
        world.ping(LEADS[0], "timer")
        await world.run(loop)
        for lane in range(LANES):
            mine = [lead for lead in LEADS[1:4] + LEADS[:1] if partition_of(key_bytes(lead), LANES) == lane]
            async with loop.parts.database.survey() as pages:
                found: list[Alarmed] = []
                while page := await pages.page(lane, found[-1] if found else None, 1):
                    assert len(page) == 1
                    found += page
            assert [each.lead_id for each in found] == mine
            assert [world.tally.step.body.decode(each.body).rang for each in found] == [0] * len(mine)

    async def test_each_instance_tells_of_its_own_lanes_only(self, world: SurveyWorld) -> None:
        expected = world.every_lead_is_counted()
        first, of_first = await world.telling()
        await world.looked_over(first)
        second, of_second = await world.telling(lanes=[0, 1])
        first.parts.log.assign([2, 3])  # type: ignore[attr-defined]
        for loop in (first, second):
            await world.looked_over(loop)
        assert of_first.told == of_lanes(expected, 2, 3)
        assert of_second.told == of_lanes(expected, 0, 1)
        first.parts.log.assign([])  # type: ignore[attr-defined]
        second.parts.log.assign(range(LANES))  # type: ignore[attr-defined]
        for loop in (first, second):
            await world.looked_over(loop)
        assert (of_first.told, of_second.told) == ({}, expected)

    async def test_lost_lanes_are_told_of_no_more_from_the_claim_on(self, world: SurveyWorld) -> None:
        expected = world.every_lead_is_counted()
        held = HeldBack(world.database())
        held.go_on.set()
        loop, gauges = await world.telling(database=held)
        await world.looked_over(loop)
        held.go_on.clear()  # the new survey does not get anywhere
        loop.parts.log.assign([1, 2])  # type: ignore[attr-defined]
        await world.run(loop)
        assert gauges.told == of_lanes(expected, 1, 2)
        assert not whole(loop)

    async def test_what_a_batch_commits_meanwhile_wins_over_what_a_page_has_read(self, world: SurveyWorld) -> None:
        expected = world.every_lead_is_counted()
        await world.looked_over((await world.telling())[0])
        held = HeldBack(world.database())
        loop, gauges = await world.telling(database=held)
        await world.run(loop)
        await held.read.wait()
        lane = min(partition_of(key_bytes(lead), LANES) for lead in LEADS)
        ann, bob = [lead for lead in LEADS if partition_of(key_bytes(lead), LANES) == lane][:2]
        world.ping(ann)
        await world.run(loop)
        assert gauges.told == {ann: expected[ann] + 1}, (
            "no batch waits for the survey, and what it says is told at once"
        )
        world.pass_time(31)  # every alarm rings, bob's too, and none is told of any more
        await world.run(loop)
        assert gauges.told == {}
        world.ping(bob, "timer")
        held.go_on.set()
        await world.looked_over(loop)
        assert gauges.told == {bob: expected[bob] + 1}

    async def test_a_survey_that_the_database_fails_begins_again(
        self, world: SurveyWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(survey, "RETRY_S", 0.01)
        expected = world.every_lead_is_counted()
        await world.looked_over((await world.telling())[0])
        held = HeldBack(world.database(), Doubt("gone"))
        held.go_on.set()
        loop, gauges = await world.telling(database=held)
        await world.looked_over(loop)
        assert held.fault is None
        assert gauges.told == expected

    async def test_a_survey_that_fails_for_good_says_so_and_stops_nobody(self, world: SurveyWorld) -> None:
        world.every_lead_is_counted()
        await world.looked_over((await world.telling())[0])
        held = HeldBack(world.database(), ValueError("a state that nobody can read"))
        loop, gauges = await world.telling(database=held)
        await world.run(loop)
        await until(lambda: held.fault is None, "the survey to fail")
        world.ping(ANN)
        await world.run(loop)
        assert ANN in gauges.told
        assert not whole(loop)
