"""Promises whose clocks stand still for a while: what was ordered moves due times, by when it was ordered (rules B5.2).

A function of the orders known, whenever they were read. A promise keeps what it granted: rules that change later do not
touch it, nor does a lead that leaves with its orders.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_sla_monitor.core.acts import Act
from leadline_sla_monitor.core.advance import Change, Met, Now, Stop
from leadline_sla_monitor.core.managers import Manager, managers_by
from leadline_sla_monitor.core.pause_orders import (
    TOO_LONG,
    concerns,
    ended_at,
    pauses_of,
    refusal,
    resumes_of,
    too_long_together,
)
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Paused, Promise
from leadline_sla_monitor.core.standstill import effective, lasts, runs_at, timed
from leadline_sla_monitor.core.standstill_telling import told, told_again
from leadline_sla_monitor.core.truth import Truth

BROKEN = frozenset({"breached", "late"})
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pausing:
    """What was ordered about the clocks of one lead, held against its promises."""

    truth: Truth
    rules: SlaRules
    now: Now
    orders: tuple[Act, ...]
    resumes: tuple[Act, ...]
    managers: tuple[Manager, ...]

    def of(self, promise: Promise) -> tuple[Promise, list[Change]]:
        """The promise with its due time moved by what paused it, and what is to be told of that."""
        if promise.clock == "decision" or promise.status == "retracted":
            return promise, []
        found, why = self._found(promise)
        if not found:
            return promise, []
        met, stop = self.truth.met(promise), self.truth.stop(promise)
        ended = self._ended(promise, met, stop)
        calendar, base = self.rules.calendar(promise.calendar), promise.unpaused_due or promise.due_at
        found = [replace(p, counted=p.granted and p.start < ended, moves=p.moves and p.start < ended) for p in found]
        moved = promise
        if _times(found) != _times(promise.pauses):  # else nothing moves, whatever the calendars have become
            orders = {p.order for p in effective([p for p in found if p.counted], promise, calendar, base)}
            found = [replace(p, moves=p.order in orders) for p in found]
            moved = timed(promise, calendar, base, [p for p in found if p.moves])
            if moved.due_at != promise.due_at:  # of one that stays broken the ladder's steps move as well
                moved = replace(moved, steps=())
        spans = [p for p in found if p.moves]
        moved, undone = _reopened(replace(moved, runs_at=runs_at(spans, self.now.at)), met, stop, self.now)
        asked_for = moved.status == "open" or (moved.status == "breached" and self._is_newest(promise))
        why |= {p.order: "after_due" for p in found if p.counted and not p.moves and lasts(p, promise)}
        kept, changes = told(moved, found, spans, why if asked_for else {}, self.now.at)
        if not changes and promise.status == "open" and kept.due_at != promise.due_at:
            kept, changes = told_again(kept, (spans or found)[-1])  # by what was read since it was told
        return kept, [*undone, *_with_before(changes, promise.due_at)]

    def _ended(self, promise: Promise, met: Met | None, stop: Stop | None) -> datetime:
        """From when on no order is about the promise. Which of two promises that are one stays is told by their due
        times, so an order is about both: else it would move the one, and the other would take its place unmoved."""
        if stop is not None and stop.reason == "merged" and self.truth.known.over is None:
            stop = self.truth.stop(promise, rivals=False)
        return min((each.at for each in (met, stop) if each), default=NEVER)

    def _is_newest(self, promise: Promise) -> bool:
        opened = self.truth.known.opened
        return not opened or opened[-1][0] == promise.cycle

    def _found(self, promise: Promise) -> tuple[list[Paused], dict[UUID, str]]:
        """Every order that concerns the promise, as it stands now, in order of time; and why some are refused."""
        before = {each.order: each for each in promise.pauses}
        asked, concerned = self._asked_from(promise), list[tuple[Act, Paused]]()
        news = False  # an order, or another end of one: else what was granted stays, whatever the calendars have become
        for order in self.orders:
            known = before.pop(order.id, None)
            if known is None and (order.at < asked or not concerns(order, promise, self.rules.pauses)):
                continue
            span = self._span(order, promise, known)
            news = news or known is None or known.end != span.end
            concerned.append((order, span))
        found: list[Paused] = []
        refused: dict[UUID, str] = {}
        for order, span in concerned:
            why = None if span.granted else refusal(order, promise, self.rules, self.managers)
            if why is None and (news or not span.granted):
                granted = [each for each in found if each.granted]
                why = TOO_LONG if too_long_together(granted, span, self.rules.calendar(promise.calendar)) else None
            if why is not None:
                refused[order.id] = why
            found.append(replace(span, granted=why is None))
        parted = self.truth.known.parted_at
        for gone in before.values():  # its order left with the lead that it was given of
            end = min(gone.end, parted) if parted is not None and parted > gone.start else gone.end
            found.append(replace(gone, end=end))
        return sorted(found, key=lambda each: (each.start, each.order.int)), refused

    def _span(self, order: Act, promise: Promise, known: Paused | None) -> Paused:
        # A pause of one lead is one of the other from when they are one, and so is its end.
        start = max(order.at, self._one_since(order.origin, promise.origin))
        resumes = [each for each in self.resumes if each.at >= self._one_since(each.origin, order.origin)]
        return Paused(
            order=order.id, start=start, end=max(ended_at(order, resumes), start), until=order.until,
            reason=order.reason or "", by=order.by, granted=known is not None and known.granted,
            days=(known.days if known and known.granted else 0) or self.rules.pauses.longest,
            moves=known is not None and known.moves, said=known.said if known else "",
        )  # fmt: skip

    def _one_since(self, one: UUID | None, other: UUID | None) -> datetime:
        """Since when what is said of one lead is said of the other too."""
        if one == other:
            return EVER
        joined = (self.truth.known.joined_at(each) for each in (one, other))
        return max((at for at in joined if at), default=EVER)

    def _asked_from(self, promise: Promise) -> datetime:
        """What was ordered before somebody asked is not about what was asked."""
        cycle = self.truth.cycles.get(promise.cycle)
        start = promise.asked_at or promise.start
        return min(cycle.start, start) if cycle else start


def paused(
    promises: tuple[Promise, ...], truth: Truth, rules: SlaRules, now: Now
) -> tuple[tuple[Promise, ...], list[Change]]:
    """All promises of a lead with what paused them; the same ones if nothing did."""
    orders = pauses_of(truth.others) if truth.others else ()
    if not orders and not any(each.pauses for each in promises):
        return promises, []
    managers = truth.known.managers or managers_by(truth.known.routings)
    pausing = Pausing(truth, rules, now, orders, resumes_of(truth.others), managers)
    changes: list[Change] = []
    kept = []
    for each in promises:
        promise, more = pausing.of(each)
        kept.append(promise)
        changes += more
    return tuple(kept), changes


def _times(pauses: Iterable[Paused]) -> list[tuple[UUID, datetime, datetime]]:
    return [(each.order, each.start, each.end) for each in pauses if each.counted]


def _reopened(promise: Promise, met: Met | None, stop: Stop | None, now: Now) -> tuple[Promise, list[Change]]:
    """A breach at a due time that a pause has moved, read after the verdict: taken back if the promise is not broken by
    the due time it has now either. If it was answered in time, that takes it back."""
    if promise.clock != "customer" or promise.status not in BROKEN or promise.broken_at is None:
        return promise, []
    due = promise.due_at
    ended = stop is not None and stop.at <= due
    answered = met is not None and met.at <= due and not (stop is not None and met.at > stop.at)
    if due <= promise.broken_at or answered or not (ended or now.at < due):
        return promise, []
    identity = promise.event_id("breach_retracted", promise.breach_id)
    open_again = replace(
        promise, status="open", answered=None, provisional=False, told=None, turn=promise.turn + 1,
        reopened=promise.reopened + 1, steps=(),
    )  # fmt: skip
    return open_again, [Change("breach_retracted", identity, now.at, open_again, supersedes=promise.breach_id)]


def _with_before(changes: list[Change], due_before: datetime) -> list[Change]:
    """The first that is told of a moved due time says what it was."""
    if not changes or changes[0].promise.due_at == due_before:
        return changes
    return [replace(changes[0], due_before=due_before), *changes[1:]]
