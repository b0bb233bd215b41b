"""An owner left or is away past the first promise: who gets his leads, and that a kill loses and doubles none."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import CollectorRegistry

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.rulebook import Rulebook
from leadline_route.handing_over import HandingOver
from leadline_route.handover import LOOK
from leadline_route.metrics import HandoverMetrics
from leadline_route.testing import MemoryHandover
from leadline_runtime.decision import Decision, Send
from leadline_runtime.forwarding import sealed
from leadline_runtime.items import Message
from leadline_runtime.loop import Loop
from leadline_runtime.rules import LoadedRules
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import RulesRef
from leadline_schemas.routed import LeadRouted
from tests.support.memory_world import DyingAt
from tests.support.route_laws import MORNING, _rules, wish
from tests.unit.route.leads import Desk, Wish, act_record, scored_record, shipped, stage_record
from tests.unit.route.test_loop_in_memory import MemoryRouteWorld

MINUTE = timedelta(minutes=1)
GRANTED = ConsentRecord(purpose="marketing", channel="email", state="granted", basis="consent")


def without(book: Rulebook, member: str, managers: frozenset[str] | None = None) -> Rulebook:
    """The roster after this member left."""
    members = {**book.team.members, member: replace(book.team.members[member], active=False)}
    return replace(book, team=replace(book.team, members=members, managers=managers or book.team.managers))


def absent(book: Rulebook, member: str, **more: float) -> Rulebook:
    """The roster with this member absent from now on."""
    found = book.team.members[member]
    absence = Absence(MORNING, MORNING + timedelta(**more), "leave")
    changed = replace(found, hours=Hours(found.hours.calendar, (absence,)))
    return replace(book, team=replace(book.team, members={**book.team.members, member: changed}))


def anas(**lead: Any) -> tuple[Desk, UUID]:
    desk = Desk(now=MORNING)
    found = Wish(start=MORNING, **lead)
    assert desk.routed(scored_record(found)).owner == "ana"
    return desk, found.id


def looked_at(desk: Desk, lead: UUID) -> Decision[Any]:
    """What the loop makes of the message."""
    desk.now += MINUTE
    message = sealed(Send(lead, lead, LOOK))
    return desk.one(Message(UUID(int=desk.now.minute), lead, message))


def handed_over(desk: Desk, lead: UUID) -> LeadRouted:
    assert looked_at(desk, lead).outcome.kind == "emitted"
    return desk.events[-1]


def test_an_untouched_lead_of_one_who_left_is_routed_again_at_once() -> None:
    desk, lead = anas()
    desk.book = without(desk.book, "ana")
    event = handed_over(desk, lead)
    assert (event.owner, event.cause, event.released, event.assignment) == ("ben", "owner_left", "ana", 2)
    assert event.reason == "ana is no longer active"
    assert event.counts_as_turn and desk.members["ana"].open == 0 and desk.members["ben"].open == 1
    assert looked_at(desk, lead).outcome.reason == "no_longer_due", "ben is there"


@pytest.mark.parametrize(
    ("kind", "more", "words"),
    [
        ("email.sent", {}, "ana touched it at 15:01Z"),
        ("meeting.booked", {}, "a meeting is booked"),
    ],
)
def test_a_touched_lead_goes_to_the_manager(kind: str, more: dict[str, Any], words: str) -> None:
    desk, lead = anas()
    desk.one(act_record(lead, kind, MORNING + MINUTE, "ana", **more), MORNING + MINUTE)
    desk.book = without(desk.book, "ana")
    event = handed_over(desk, lead)
    assert (event.owner, event.escalated, event.released) == ("mia", True, "ana")
    assert event.reason == f"ana is no longer active; {words}: to the manager"
    assert desk.members["ana"].open == 0


def test_without_a_manager_who_is_there_it_waits_to_be_claimed() -> None:
    desk, lead = anas()
    desk.one(act_record(lead, "email.sent", MORNING + MINUTE, "ana"), MORNING + MINUTE)
    desk.book = without(desk.book, "ana", frozenset({"zoe"}))
    pools = {name: replace(pool, manager=None) for name, pool in desk.book.team.pools.items()}
    desk.book = replace(desk.book, team=replace(desk.book.team, pools=pools))
    event = handed_over(desk, lead)
    assert (event.outcome, event.owner, event.released) == ("queue", None, "ana")


@pytest.mark.parametrize("stage", ["SQL", "opportunity"])
def test_a_lead_that_is_further_goes_to_the_manager(stage: str) -> None:
    desk, lead = anas()
    desk.one(stage_record(lead, stage, MORNING + MINUTE), MORNING + MINUTE)
    desk.book = without(desk.book, "ana")
    event = handed_over(desk, lead)
    assert (event.owner, event.escalated) == ("mia", True) and f"it is {stage}" in str(event.reason)


@pytest.mark.parametrize("stage", ["nurture", "disqualified"])
def test_what_was_put_aside_is_nobodys_before_he_leaves(stage: str) -> None:
    desk, lead = anas(consent=[GRANTED])
    event = desk.routed(stage_record(lead, stage, MORNING + MINUTE), MORNING + MINUTE)
    assert (event.outcome, event.owner, event.released) == (stage, None, "ana")
    desk.book = without(desk.book, "ana")
    assert looked_at(desk, lead).outcome.reason == "no_longer_due"


def test_an_untouched_lead_of_one_who_is_away_past_the_promise_is_covered_for() -> None:
    desk, lead = anas()
    desk.book = absent(desk.book, "ana", days=5)
    event = handed_over(desk, lead)
    assert (event.owner, event.cause, event.covering_for, event.released) == ("ben", "owner_away", "ana", "ana")
    assert event.reason == "ana is absent (leave) until 2026-03-15T15:00Z, not back by the first promise at 15:05Z"


def test_who_is_back_in_time_or_has_touched_it_keeps_it() -> None:
    desk, lead = anas()
    desk.book = absent(desk.book, "ana", minutes=4)
    assert looked_at(desk, lead).outcome.reason == "unchanged"
    for kind in ("email.sent", "assignment.accepted"):
        desk, lead = anas()
        desk.one(act_record(lead, kind, MORNING + MINUTE, "ana"), MORNING + MINUTE)
        desk.book = absent(desk.book, "ana", days=5)
        assert looked_at(desk, lead).outcome.reason == "unchanged"
        assert desk.states[lead].body.standing.owner == "ana"


def test_who_declined_before_is_not_offered_what_the_leaver_had() -> None:
    desk, lead = anas()
    desk.routed(act_record(lead, "assignment.declined", MORNING + MINUTE, "ana", reason="overloaded"), MORNING + MINUTE)
    left = desk.events[-1].owner or ""
    desk.book = without(desk.book, left)
    event = handed_over(desk, lead)
    assert {event.owner, left} == {"ben", "cleo"}
    assert "ana" in event.excluded


class Changing:
    """Instances whose roster a test may change while they run."""

    def __init__(self, world: MemoryRouteWorld) -> None:
        self.world, self.book = world, shipped()

    async def instance(self, point: str = "") -> tuple[Loop, HandingOver]:
        loop = await self.world.instance(DyingAt(point))
        rules = replace(_rules().current, rules=self.book, ref=self._ref())

        class Fixed:
            current: LoadedRules[Any] = rules

        object.__setattr__(loop.parts, "rules", Fixed())
        tables, owned = self.world.tables, self.world.owned
        made = HandingOver(
            loop, HandoverMetrics(CollectorRegistry()), 2000.0, lambda token: MemoryHandover(tables, owned, token)
        )
        return loop, made

    def _ref(self) -> RulesRef:
        return RulesRef(version="test", digest="ana" if self.book.team.members["ana"].active else "no ana")

    async def work(self, point: str = "") -> bool:
        """One process works until all is done, or dies."""
        loop, handing = await self.instance(point)
        await loop.turn()  # the claim
        beside = asyncio.create_task(handing.look())
        alive = await self.world.run(loop, 400) if not point else await self._until_dead(loop, beside)
        if alive:
            await asyncio.wait([beside], timeout=30)
            alive = await self.world.run(loop, 20)
        beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside
        return alive

    async def _until_dead(self, loop: Loop, beside: "asyncio.Task[None]") -> bool:
        for _ in range(2000):
            if not await self.world.run(loop, 1):
                return False
            if beside.done():
                return True
        return True


async def handed(world: MemoryRouteWorld, point: str) -> None:
    leads = [wish(number) for number in range(40)]
    world.arrives(*(scored_record(each) for each in leads))
    changing = Changing(world)
    assert await changing.work()
    assert Counter(world.owned.rows.values())["ana"] == 15, "her day's cap"
    changing.book = without(changing.book, "ana")
    lived = await changing.work(point)
    assert lived == (not point)
    while not lived:
        lived = await changing.work()
    assert "ana" not in world.owned.rows.values()
    members, _ = await world.rows()
    owned = Counter(world.owned.rows.values())
    assert {name: load.open for name, load in members.items() if load.open} == {
        name: number for name, number in owned.items() if name != "mia"
    }
    moved = [each for each in world.told() if each.cause == "owner_left"]
    assert len(moved) == 15 == len({each.lead_id for each in moved}), "each once"


@pytest.mark.parametrize("point", ["", "before_t1", "in_decide", "before_commit", "after_commit", "in_publish"])
async def test_all_leads_of_one_who_left_are_handed_over_once_through_kills(point: str) -> None:
    await handed(MemoryRouteWorld(), point)


async def test_a_pass_without_change_asks_for_nothing_and_an_absence_that_begins_does() -> None:
    world = MemoryRouteWorld()
    world.arrives(*(scored_record(wish(number)) for number in range(4)))
    changing = Changing(world)
    loop, handing = await changing.instance()
    await world.run(loop)
    world.tables.inbox.clear()
    await handing.look()
    assert not world.tables.inbox
    loop.parts.rules.current = replace(loop.parts.rules.current, rules=absent(changing.book, "ana", days=5))
    await handing.look()
    assert len(world.tables.inbox) == 2, "ana's two of four"
    await handing.look()
    assert len(world.tables.inbox) == 2, "once an absence"


@pytest.mark.parametrize(
    ("stage", "outcome", "owner"),
    [("disqualified", None, None), ("archived", None, None), ("nurture", None, None), ("SQL", "person", "mia")],
)
def test_a_scorecard_that_comes_before_the_pass_decides_like_it(
    stage: str, outcome: str | None, owner: str | None
) -> None:
    desk = Desk(now=MORNING)
    lead = Wish(start=MORNING, consent=[GRANTED])
    assert desk.routed(scored_record(lead)).owner == "ana"
    desk.one(stage_record(lead.id, stage, MORNING + MINUTE), MORNING + MINUTE)
    desk.book = without(desk.book, "ana")
    desk.one(scored_record(replace(lead, total="80.000"), 2), MORNING + 2 * MINUTE)
    if outcome is None:
        assert desk.events[-1].outcome in {"nurture", "disqualified"}
        assert desk.states[lead.id].body.standing.owner is None
    else:
        event = desk.events[-1]
        assert (event.outcome, event.owner, event.released) == (outcome, owner, "ana")


async def test_an_absence_that_begins_waits_for_the_batch_under_way() -> None:
    """That batch may have given away a lead by the clock of before."""
    world = MemoryRouteWorld()
    loop, handing = await Changing(world).instance()
    await world.run(loop)
    waited = list[str]()

    class Telling(MemoryHandover):
        async def after_the_batch(self) -> None:
            waited.append("waited")

    handing._table_of = lambda token: Telling(world.tables, world.owned, token)
    await handing.look()
    waited.clear()
    loop.parts.rules.current = replace(loop.parts.rules.current, rules=absent(shipped(), "ana", days=5))
    await handing.look()
    assert waited == ["waited"]
