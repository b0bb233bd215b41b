"""Sends what is due, beside the loop; several instances do it at once.

Read `look` as a paragraph: release what is due, give up what waited in vain, then for every endpoint with something to
be sent claim as much as it has room for, and more as room is made; each is sent in a task of its own, so that none
waits for another's endpoint. After it the same task sends what comes next in its line, so that what somebody is told
keeps its order.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Final

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.content import Channel
from leadline_notify.core.retrying import Again, next_try, steps_aside, within_hours
from leadline_notify.delivery import table
from leadline_notify.delivery.claiming import Claiming
from leadline_notify.delivery.collecting import Collecting
from leadline_notify.delivery.counted import Counted
from leadline_notify.delivery.couriers import couriers
from leadline_notify.delivery.endpoints import Endpoints
from leadline_notify.delivery.message import Claimed, Courier
from leadline_notify.delivery.result import Result
from leadline_notify.delivery.wording_of import message
from leadline_notify.metrics import METRICS
from leadline_notify.settings import NotifySettings
from leadline_runtime.crash import CrashPoints
from leadline_runtime.logs import logger
from leadline_runtime.looking import look_again
from leadline_runtime.settings import load_settings
from leadline_runtime.sql import DatabaseTrouble, Sql

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
LEASE: Final = timedelta(seconds=120)  # longer than the longest try, and than the waits for the database after it
MARK_TRIES: Final = 20
END_S: Final = 2.0  # of the few that a stop may take
PACE_S: Final = 0.02  # what ends meanwhile makes room for claims that are made in one statement
ROUNDS: Final = 10  # while there is more than there is room for, so many intervals pass before all is looked at anew


@dataclass
class Surroundings:
    """What sending needs from outside: rules in force, chance, two clocks (UTC for people, seconds for waits)."""

    rules: Callable[[], NotifyRules]
    settings: NotifySettings
    crash: CrashPoints
    counted: Counted
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    seconds: Callable[[], float] = monotonic
    chance: Random = field(default_factory=Random)


class Sending:
    """The sender of one instance."""

    def __init__(self, sql: Sql, couriers: Mapping[Channel, Courier], around: Surroundings) -> None:
        self._sql, self._couriers, self._around = sql, couriers, around
        self._claiming = Claiming(sql, LEASE)
        self._collecting = Collecting(sql, around.counted)
        self._endpoints = Endpoints(sql, around.settings, around.seconds)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = False

    async def look(self) -> None:
        """One look. Raises DatabaseTrouble."""
        rules, around = self._around.rules(), self._around
        ((now,),) = await self._sql.fetch(table.TIME)
        await self._collecting.look(rules, now)
        for (channel,) in await self._sql.fetch(table.GIVE_UP, (now, now)):
            around.counted.ended(channel, "dead")
        await self._endpoints.read(rules)
        names = [name for (name,) in await self._sql.fetch(table.NAMES)]
        ready = [name for (name,) in await self._sql.fetch(table.READY, (names, now))]
        pause = around.settings.notify_look_s
        until = around.seconds() + pause * ROUNDS
        while (ready := await self._fill(ready, rules, now)) and around.seconds() < until:
            if under_way := set(self._tasks):
                await asyncio.wait(under_way, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(PACE_S)
        around.counted.looked()

    async def _fill(self, endpoints: Sequence[str], rules: NotifyRules, now: datetime) -> list[str]:
        """Begin as much as there is room for; gives those for which there may be more, as soon as one has ended."""
        full = []
        for endpoint in endpoints:
            room = self._endpoints.room(endpoint)
            claimed = await self._claiming.claim(endpoint, room, now) if room else []
            for each in claimed:
                self._begin(each, rules, now)
            if len(claimed) == room and (room or self._endpoints.is_busy(endpoint)):
                full.append(endpoint)
        return full

    async def settled(self) -> None:
        """Wait until nothing is on its way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def end(self, within_s: float) -> None:
        """Begin nothing more; what is on its way has so long to arrive and be marked: else it would be sent twice."""
        self._ending = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within_s)
        self.stop()

    def stop(self) -> None:
        """Send nothing more; what is on its way is another's when its claim ends."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, claimed: Claimed, rules: NotifyRules, now: datetime) -> None:
        self._endpoints.enter(claimed.endpoint)
        task = asyncio.create_task(self._line(claimed, rules, now))
        self._tasks.add(task)
        task.add_done_callback(lambda task: self._done(task, claimed.endpoint))

    def _done(self, task: "asyncio.Task[None]", endpoint: str) -> None:
        self._tasks.discard(task)
        self._endpoints.leave(endpoint)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a notice could not be sent; it is tried again", fault=type(error).__name__)

    async def _line(self, first: Claimed, rules: NotifyRules, now: datetime) -> None:
        began, one = self._around.seconds(), first
        while await self._one(one, rules, now) and not self._ending:
            at = now + timedelta(seconds=self._around.seconds() - began)
            try:
                after = await self._claiming.after(one, at)
            except DatabaseTrouble:  # the next look finds it
                return
            if after is None:
                return
            one = after

    async def _one(self, claimed: Claimed, rules: NotifyRules, now: datetime) -> bool:
        contact = rules.contact(claimed.recipient)
        if contact is None or not claimed.parts:
            refused = Result("refused", "no_contact" if claimed.parts else "unreadable")
            return await self._end(claimed, refused, rules, now)
        if self._endpoints.is_disabled(claimed.endpoint):
            return await self._end(claimed, Result("refused", "gone"), rules, now)
        opening = now if claimed.any_time else contact.opening(now)
        if opening > now:
            again = within_hours(now, opening, claimed.give_up_at)
            await self._mark(lambda: self._claiming.again(claimed.id, again))
            return False
        return await self._try(claimed, rules, now)

    async def _try(self, claimed: Claimed, rules: NotifyRules, now: datetime) -> bool:
        around = self._around
        era = self._endpoints.begin(claimed.endpoint)
        if era is None:
            soon = Again(now + timedelta(seconds=1), claimed.give_up_at)
            await self._mark(lambda: self._claiming.again(claimed.id, soon))
            return False
        result = Result("again", "stopped")
        began = around.seconds()
        try:
            sent = message(claimed, rules, around.settings.lead_url, around.wall())
            around.crash.reach("notify_before_send")
            if sent.words is None and claimed.channel != "webhook":
                result = Result("refused", "no_words")
            else:
                result = await self._couriers[claimed.channel].bring(sent, rules)
            around.crash.reach("notify_after_send")
        finally:
            self._endpoints.end(claimed.endpoint, era, result)
        around.counted.tried(claimed.endpoint, result.reason or result.outcome)
        now += timedelta(seconds=around.seconds() - began)
        is_over = await self._end(claimed, result, rules, now)
        await self._mark(lambda: self._endpoints.tell(claimed.endpoint, rules, result, now))
        return is_over

    async def _end(self, claimed: Claimed, result: Result, rules: NotifyRules, now: datetime) -> bool:
        """Write down what became of it; whether it is over, and the next of its line may go."""
        counted = self._around.counted
        if result.outcome == "arrived":
            if await self._mark(lambda: self._claiming.sent(claimed.id, now)):
                counted.ended(claimed.channel, "sent")
                counted.took(claimed.channel, now - claimed.due_at)
            return True
        again = self._next(claimed, result, rules, now) if result.outcome == "again" else None
        if again is not None:
            aside = steps_aside(claimed.attempts, endpoint_fails=result.endpoint_fails)
            await self._mark(lambda: self._claiming.again(claimed.id, again, result.reason, aside=aside))
            return aside
        reason = "given_up" if result.outcome == "again" else "refused" if result.outcome == "refused" else "gone"
        log.warning("a notice is given up", notice=str(claimed.id), endpoint=claimed.endpoint, fault=result.reason)
        if await self._mark(lambda: self._claiming.dead(claimed.id, reason, result.reason, now)):
            counted.ended(claimed.channel, "dead")
        return True

    def _next(self, claimed: Claimed, result: Result, rules: NotifyRules, now: datetime) -> Again | None:
        share = self._around.chance.random()
        at = next_try(claimed.attempts, share, now, claimed.give_up_at, result.again_in, rules.retry)
        contact = rules.contact(claimed.recipient)
        if at is None or contact is None or claimed.any_time:
            return Again(at, claimed.give_up_at) if at is not None else None
        return within_hours(at, contact.opening(at), claimed.give_up_at)

    async def _mark(self, write: Callable[[], Awaitable[bool]]) -> bool:
        """What became of it is written down; while PostgreSQL is away it is tried for as long as the claim may last."""
        for _ in range(MARK_TRIES):
            try:
                return await write()
            except DatabaseTrouble:
                await asyncio.sleep(1)
        return False


async def sending(loop: "Loop") -> None:
    """The work as the step's beside its loop."""
    settings, parts = load_settings(NotifySettings), loop.parts
    sql = Sql(parts.settings.database_url.get_secret_value(), loop.step.schema)
    brought = couriers(settings)
    around = Surroundings(lambda: parts.rules.current.rules, settings, parts.crash, METRICS)
    sender = Sending(sql, brought, around)
    try:
        await look_again(sender.look, settings.notify_look_s, "sending notices")
    finally:
        await sender.end(END_S)
        for courier in brought.values():
            await courier.close()
        await sql.close()
