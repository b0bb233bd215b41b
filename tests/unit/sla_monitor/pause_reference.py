"""Promises that stand still, by the plainest possible means: a walk along the time in which their clocks run.

Due times and warnings are found anew from all orders known; remembered is only what was told for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.unit.sla_monitor.clock_rules import GRACE, HOUR, open_days

DAY = timedelta(days=1)
NEVER, EVER = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
TOLD_WITHIN, LONGEST = HOUR, 3
MAY = {"call_me_after": {"lead", "ana", "mia"}, "pending_opt_in": {"ana", "mia", "automation"}, "manager": {"mia"}}
OWNER_CLOCK = {"call_me_after", "manager"}
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Target:
    """So much open time; `plain`: any time, `rolled`: and what falls into closed time has an hour after the opening.

    `closes`: its calendar has nights and weekends. `pauses`: the only reasons for which it may be paused.
    """

    within: timedelta
    by: str
    plain: bool = False
    closes: bool = True
    pauses: frozenset[str] | None = None


@dataclass(frozen=True)
class Order:
    """To pause from `at` until then."""

    id: UUID
    at: datetime
    told_at: datetime
    until: datetime | None
    reason: str
    by: str


@dataclass
class Promise:
    """`said`: how it stands and by what; `broken`: its breaches, each with its due time and whether it was provisional;
    `back`: how many of them a pause took back. `heard`: of each order what was told of it."""

    clock: str
    name: str
    cycle: UUID
    start: datetime
    asked: datetime
    target: Target
    levels: tuple[int, ...] = ()
    due: datetime = EVER
    warnings: dict[int, datetime] = field(default_factory=dict)
    warned: int = 0
    said: tuple[object, ...] = ("new",)
    broken: list[tuple[datetime, bool]] = field(default_factory=list)
    back: int = 0
    heard: dict[UUID, set[str]] = field(default_factory=dict)
    still: list[Span] = field(default_factory=list)


def due_of(promise: Promise, still: list[Span]) -> datetime:
    """When so much time has run as was promised."""
    target, start = promise.target, promise.start
    if not target.plain:
        return _walk(_runs(start, still, target.closes), target.within)
    at = _walk(_runs(start, still, False), target.within)
    found = at if _is_open(at) else _walk(_runs(at, still, True), HOUR)
    return max(found, due_of(promise, [])) if still else found


def warnings_of(promise: Promise, still: list[Span]) -> dict[int, datetime]:
    """At shares of the open time that runs until then."""
    ran = list(_until(_runs(promise.start, still, promise.target.closes), promise.due))
    whole = sum((end - begin for begin, end in ran), timedelta())
    return {level: _walk(iter(ran), whole * level / 100) for level in promise.levels}


def ran_until_due(promise: Promise) -> timedelta:
    """The open time that it had."""
    ran = _until(_runs(promise.start, promise.still, promise.target.closes), promise.due)
    return sum((end - begin for begin, end in ran), timedelta())


def open_after(promise: Promise, span: timedelta) -> datetime:
    """So much open time after it was due."""
    return _walk(_runs(promise.due, [], promise.target.closes), span)


def refusal(order: Order, target: Target) -> str | None:
    """Why a promise may not be paused so, in the order in which it is looked at."""
    may = MAY.get(order.reason, set())
    until = order.until or order.at
    against = {
        "unknown_reason": not may,
        "not_for_this_target": target.pauses is not None and order.reason not in target.pauses,
        "not_the_manager": order.reason == "manager" and order.by == "ana",
        "not_allowed": order.by not in may,
        "no_end": order.until is None,
        "over_already": until <= max(order.told_at, order.at),
        "told_too_late": order.told_at - order.at > TOLD_WITHIN,
        "too_long": until > _latest_end(order.at, target.closes),
    }
    return next((why for why, holds in against.items() if holds), None)


def _latest_end(at: datetime, closes: bool) -> datetime:
    """The same time of day three working days on; what begins in closed time begins with the opening."""
    if not closes:
        return at + LONGEST * DAY
    at = max(at, next(open_days(at))[0])
    left = LONGEST
    while left:
        at += DAY
        left -= at.weekday() < 5
    return at


def _runs(start: datetime, still: list[Span], closes: bool) -> Iterator[Span]:
    """The stretches from then on in which the clock runs."""
    for opens, ends in open_days(start) if closes else [(start, NEVER)]:
        at = max(start, opens)
        for begin, end in sorted(still):
            if begin > at and at < ends:
                yield at, min(begin, ends)
            at = max(at, end)
        if at < ends:
            yield at, ends


def _walk(runs: Iterator[Span], span: timedelta) -> datetime:
    for begin, end in runs:
        if span <= end - begin:
            return begin + span
        span -= end - begin
    raise AssertionError


def _until(runs: Iterator[Span], end: datetime) -> Iterator[Span]:
    for begin, stops in runs:
        if begin >= end:
            return
        yield begin, min(stops, end)


def _open_time(spans: list[Span], closes: bool) -> timedelta:
    """The open time in these, once where they overlap: all there is but what runs beside them."""
    first, last = min(begin for begin, _ in spans), max(end for _, end in spans)
    whole, beside = (_until(_runs(first, each, closes), last) for each in ([], spans))
    return sum((end - begin for begin, end in whole), timedelta()) - sum((e - b for b, e in beside), timedelta())


def _is_open(at: datetime) -> bool:
    opens, _ = next(open_days(at))
    return opens <= at


class Pauses:
    """One lead. `orders`, `resumes`, `answers` (what each answers) and `ends` are what was read until now."""

    def __init__(self) -> None:
        self.promises: list[Promise] = []
        self.orders: dict[UUID, Order] = {}
        self.resumes: dict[UUID, datetime] = {}
        self.answers: dict[UUID, tuple[datetime, frozenset[str]]] = {}
        self.ends: dict[UUID, tuple[datetime, str]] = {}
        self.superseded: dict[UUID, datetime] = {}
        self.looked_at = EVER
        self.erased = False

    def settle(self, now: datetime, horizon: datetime) -> None:
        """Say of each promise how it stands."""
        for promise in self.promises:
            if not self.erased:
                self.look(promise, now, horizon)
            elif promise.said[0] in {"new", "open"}:
                promise.said = ("cancelled", "erased")
        self.looked_at = now

    def look(self, promise: Promise, now: datetime, horizon: datetime) -> None:
        """How it stands by all that is known."""
        if promise.said[0] == "retracted":
            return
        met, stop = self.met(promise), self.stop(promise)
        self._count(promise, min(met[0], stop[0]))
        due, in_time = promise.due, met[0] <= min(promise.due, stop[0])
        late = ("resolved_late", met[1]) if met[0] < NEVER and promise.clock == "customer" else ("breached", None)
        broken = self._is_broken(promise, now, ended=in_time or stop[0] <= due, answered=in_time)
        self._hear(promise, min(met[0], stop[0]))
        if in_time:
            promise.said = ("retracted" if broken else "met", met[1])
        elif broken:
            promise.said = late
        elif stop[0] <= due:
            promise.said = promise.said if promise.said[0] == "cancelled" else ("cancelled", stop[1])
        else:
            promise.warned = max(promise.warned, self.warned(promise, now))
            promise.said = ("open", promise.warned)
            if due <= now and (due <= horizon or due + GRACE <= now):
                promise.broken.append((due, due > horizon))
                promise.said = late

    def _is_broken(self, promise: Promise, now: datetime, *, ended: bool, answered: bool) -> bool:
        """A verdict stands, unless a pause read later moved the due time and it is not broken by the new one either."""
        if len(promise.broken) == promise.back:
            return False
        moved = promise.clock == "customer" and promise.due > promise.broken[-1][0]
        if moved and not answered and (ended or now < promise.due):
            promise.back, promise.said = promise.back + 1, ("open", promise.warned)
            return False
        return True

    def warned(self, promise: Promise, now: datetime) -> int:
        """The highest warning due by now: of an overdue promise only if it was open when it was due."""
        since = self.looked_at if promise.said[0] == "open" else now
        levels = [n for n, at in promise.warnings.items() if at <= now and (now < promise.due or at > since)]
        return max(levels, default=0)

    # What stands still

    def _count(self, promise: Promise, ended: datetime) -> None:
        whys = self._whys(promise)
        granted = [o for o in self._about(promise) if o.at < ended and whys[o.id] is None]
        spans = [(o.at, end) for o in granted if (end := self._end(o)) > max(o.at, promise.start)]
        promise.due = due_of(promise, spans)
        promise.still = [span for span in spans if span[0] < promise.due]
        promise.warnings = warnings_of(promise, spans)

    def _whys(self, promise: Promise) -> dict[UUID, str | None]:
        """Why each order is refused, if it is: in all a promise stands still for no more than three working days."""
        whys: dict[UUID, str | None] = {}
        granted: list[Span] = []
        for order in sorted(self._about(promise), key=lambda each: (each.at, each.id)):
            whys[order.id] = refusal(order, promise.target)
            if whys[order.id] is not None:
                continue
            closes, span = promise.target.closes, (order.at, self._end(order))
            longest = (order.at, _latest_end(order.at, closes))
            if granted and _open_time([*granted, span], closes) > _open_time([longest], closes):
                whys[order.id] = "too_long"
            else:
                granted.append(span)
        return whys

    def _about(self, promise: Promise) -> list[Order]:
        """Not what was ordered before somebody asked; a person's own clock stands still for some reasons only."""
        found = [o for o in self.orders.values() if o.at >= promise.asked]
        return [o for o in found if promise.clock == "customer" or o.reason in OWNER_CLOCK]

    def _end(self, order: Order) -> datetime:
        assert order.until is not None
        return min([order.until, *(at for at in self.resumes.values() if at >= order.at)])

    def _hear(self, promise: Promise, ended: datetime) -> None:
        """Of each order that it stands still by it, or why not; if anybody waits for the promise."""
        if promise.said[0] not in {"new", "open", "breached"}:
            return
        if promise.said[0] == "breached" and promise.cycle != self.promises[-1].cycle:
            return
        whys = self._whys(promise)
        for order in self._about(promise):
            heard, why = promise.heard.setdefault(order.id, set()), whys[order.id]
            if why is not None:
                heard.add(why)
            elif order.at < ended and self._end(order) > max(order.at, promise.start):
                if order.at >= promise.due:
                    heard |= set() if "paused" in heard else {"after_due"}
                elif promise.said[0] != "breached":
                    heard.add("paused")

    # What is true

    def met(self, promise: Promise) -> tuple[datetime, UUID | None]:
        """The earliest answer since it was asked for."""
        found = self._first(promise)
        return found if found is not None and found[0] >= promise.start else (NEVER, None)

    def _first(self, promise: Promise) -> tuple[datetime, UUID] | None:
        by = promise.target.by
        found = [(at, i) for i, (at, answers) in self.answers.items() if by in answers and at >= promise.asked]
        return min(found, default=None)

    def stop(self, promise: Promise) -> tuple[datetime, str]:
        """The earliest end of the wish to be answered."""
        found = [(at, why) for at, why in self.ends.values() if at >= promise.asked]
        if promise.clock == "customer" and promise.cycle in self.superseded:
            found.append((self.superseded[promise.cycle], "superseded"))
        first = self._first(promise)
        if promise.clock == "owner" and first is not None and first[0] < promise.start:
            found.append((first[0], "already_answered"))
        return min(found, default=(NEVER, ""))
