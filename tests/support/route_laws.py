"""Laws of route's tables under the real loop; the same for rows in memory and in PostgreSQL."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_route.app import STEP
from leadline_route.core.roster import Counts, Load
from leadline_route.core.snapshot import LAPSED
from leadline_runtime.clock import PipelineClock
from leadline_runtime.crash import CrashPoints
from leadline_runtime.database import Database
from leadline_runtime.envelope import headers
from leadline_runtime.frames import Outgoing
from leadline_runtime.items import Record
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings
from leadline_runtime.step import Step
from leadline_runtime.testing.memory_log import MemoryLog, MemoryTopics
from leadline_schemas.codec import decode
from leadline_schemas.ids import key_bytes, partition_of
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_ROUTED, dead_letter_topic
from tests.support.memory_world import Crashed, DyingAt
from tests.unit.route.leads import Wish, act_record, lapse_record, scored_record

LANES = 4
# Of what the monitor tells, what route reads.
TYPES = {"lead.sla": LAPSED, "lead.stage": "leadline.lead.stage.applied"}
MORNING = datetime(2026, 3, 10, 15, tzinfo=UTC)
NIGHT = datetime(2026, 3, 10, 23, tzinfo=UTC)
POINTS = ("before_t1", "in_t1", "in_decide", "in_t2", "before_commit", "during_commit", "after_commit", "in_publish",
          "after_publish")  # fmt: skip


@cache
def _rules() -> RulesWatch[Any]:
    """The rules that ship, read once."""
    return RulesWatch(STEP.rules, None, RuntimeMetrics("route-rules", CollectorRegistry()))


class RouteWorld(ABC):
    """Topics in memory and tables somewhere; instances of the real step over both."""

    def __init__(self, step: Step[Any]) -> None:
        self.step, self.topics = step, MemoryTopics(LANES)

    @abstractmethod
    def database(self) -> Database:
        """A new instance's connection."""

    @abstractmethod
    async def rows(self) -> tuple[dict[str, Load], dict[str, Counts]]:
        """All rows of members and pools."""

    @abstractmethod
    async def set_time(self, at: datetime) -> None:
        """Let it be `at`."""

    @abstractmethod
    async def forget(self, member: str) -> None:
        """Delete a member's row, as an operator might."""

    async def instance(self, crash: CrashPoints | None = None, lanes: Iterable[int] = range(LANES)) -> Loop:
        """A new instance that owns these lanes."""
        settings = Settings(database_url=SecretStr("none"), idle_look_s=0.0001, batch_pace_s=0, offsets_every_s=0.0001)
        metrics = RuntimeMetrics(self.step.name, CollectorRegistry())
        log = MemoryLog(self.topics, self.step.name, [topic.name for topic in self.step.reads], lanes)
        database = self.database()
        await database.prepare()
        parts = Parts(settings, database, log, _rules(), metrics, crash or DyingAt(), PipelineClock(), "test")
        return Loop(self.step, parts)

    def arrives(self, *records: Record[Any]) -> None:
        """Records as other services write them."""
        for record in records:
            key = key_bytes(record.value.lead_id)
            kind = TYPES.get(record.topic.name, record.topic.event_type)
            pairs = headers("test", kind, record.event_id, MORNING, "0" * 32)
            self.topics.append(Outgoing(record.topic.name, partition_of(key, LANES), key, record.raw, pairs))

    async def run(self, loop: Loop, turns: int = 8) -> bool:
        """Some turns of an instance; False if it died on the way."""
        try:
            for _ in range(turns):
                await loop.turn()
                await asyncio.sleep(0)
            await loop.batching.settled()
        except Crashed:
            publishing = loop.batching._publishing
            await loop.batching.abandon()
            if publishing is not None and not publishing.cancelled():
                publishing.exception()  # the crash itself: seen
            return False
        finally:
            await loop.parts.database.close()
        return True

    async def work(self, turns: int = 8) -> None:
        """A new instance does all there is to do."""
        assert await self.run(await self.instance(), turns)

    def told(self) -> list[LeadRouted]:
        """What was published, repeats left out."""
        found: dict[tuple[Any, int], tuple[LeadRouted, bytes | None]] = {}
        for record in self.topics.all(LEAD_ROUTED.name):
            event = decode(LEAD_ROUTED, record.value or b"")
            known = found.setdefault((event.lead_id, event.revision), (event, record.value))
            assert known[1] == record.value, "a repeat is byte-identical"
        assert self.topics.all(dead_letter_topic(self.step.name)) == []
        return [event for event, _ in found.values()]


def wish(number: int, **more: Any) -> Wish:
    """A demo request from New York."""
    return replace(Wish(name=f"lead {number}", start=MORNING + timedelta(milliseconds=number)), **more)


class RouteLaws:
    """Subclassed where a `world` fixture says where the rows are."""

    async def test_leads_are_dealt_by_weight_and_counted_once(self, world: RouteWorld) -> None:
        world.arrives(*(scored_record(wish(number)) for number in range(8)))
        await world.work()
        members, pools = await world.rows()
        assert Counter(each.owner for each in world.told()) == {"ana": 4, "ben": 2, "cleo": 2}
        assert {name: load.open for name, load in members.items()} == {"ana": 4, "ben": 2, "cleo": 2}
        assert {name: dict(load.assigned) for name, load in members.items()} == {
            "ana": {"2026-03-10": 4}, "ben": {"2026-03-10": 2}, "cleo": {"2026-03-10": 2},
        }  # fmt: skip
        assert all(load.balance("us_east") == 0 for load in members.values())
        assert pools.get("us_east", Counts()) == Counts()

    async def test_exact_balances_survive(self, world: RouteWorld) -> None:
        world.arrives(scored_record(wish(1, country="GB", state=None)), scored_record(wish(2)))
        await world.set_time(datetime(2026, 3, 17, 15, tzinfo=UTC))  # all three are there
        await world.work()
        members, _ = await world.rows()
        assert {name: members[name].balance("emea") for name in ("fay", "gus", "hana")} == {
            "fay": Fraction(-2, 3), "gus": Fraction(1, 3), "hana": Fraction(1, 3),
        }  # fmt: skip
        assert members["ana"].balance("us_east") == Fraction(-1, 2)

    @pytest.mark.parametrize("point", POINTS)
    async def test_a_crash_anywhere_deals_each_lead_once(self, world: RouteWorld, point: str) -> None:
        world.arrives(*(scored_record(wish(number)) for number in range(6)))
        assert not await world.run(await world.instance(DyingAt(point)))
        world.arrives(*(scored_record(wish(number)) for number in range(6, 8)))
        await world.work()
        members, _ = await world.rows()
        assert Counter(each.owner for each in world.told()) == {"ana": 4, "ben": 2, "cleo": 2}
        assert sum(sum(load.assigned.values()) for load in members.values()) == 8
        assert all(load.balance("us_east") == 0 for load in members.values())

    async def test_a_replay_from_the_beginning_changes_nothing(self, world: RouteWorld) -> None:
        first, second = wish(1), wish(2)
        world.arrives(scored_record(first), scored_record(second))
        await world.work()
        world.arrives(
            lapse_record(first.id, 1, "ana", MORNING),
            act_record(second.id, "assignment.reassigned", MORNING + timedelta(minutes=1), member="gus", assignment=1),
        )
        await world.work()
        told, rows = world.told(), await world.rows()
        assert [each.owner for each in told if each.lead_id == second.id][-1] == "gus"
        for record in [r for topic in world.step.reads for r in world.topics.all(topic.name)]:
            world.topics.append(
                Outgoing(record.topic, record.partition, record.key or b"", record.value or b"", record.headers)
            )
        await world.work()
        assert (world.told(), await world.rows()) == (told, rows)

    async def test_held_leads_are_counted_and_released_in_the_morning(self, world: RouteWorld) -> None:
        await world.set_time(NIGHT)
        late = [wish(number, start=NIGHT + timedelta(seconds=number)) for number in range(8)]
        world.arrives(*(scored_record(each) for each in late))
        await world.work()
        assert (await world.rows())[1]["us_east"].held == 8
        await world.set_time(datetime(2026, 3, 11, 13, 0, 1, tzinfo=UTC))
        await world.work()
        members, pools = await world.rows()
        assert pools["us_east"].held == 0
        released = sorted((each for each in world.told() if each.cause == "released"), key=lambda each: each.lead_id)
        assert [each.owner for each in released] == ["ana", "ben", "cleo", "ana"] * 2, "the order of their capture"
        assert {name: load.open for name, load in members.items()} == {"ana": 4, "ben": 2, "cleo": 2}

    async def test_a_deleted_row_is_made_again(self, world: RouteWorld) -> None:
        world.arrives(scored_record(wish(1)))
        await world.work()
        await world.forget("ben")
        world.arrives(scored_record(wish(2)))
        loop = await world.instance()
        for _ in range(8):
            await loop._guarded_turn()
        await world.run(loop)
        assert len(world.told()) == 2
        assert "ben" in (await world.rows())[0]

    async def test_a_merged_lead_gives_the_turn_back_in_the_tables_too(self, world: RouteWorld) -> None:
        one = wish(1)
        world.arrives(scored_record(one))
        await world.work()
        root = {"lead_id": wish(2).id, "revision": 2}
        world.arrives(scored_record(replace(one, merged_into=root), 2))
        await world.work()
        members, _ = await world.rows()
        assert all(load.open == 0 == load.balance("us_east") for load in members.values())
