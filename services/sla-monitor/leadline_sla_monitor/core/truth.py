"""What is true of a promise by all that is known: the earliest act that answers it, and what ends it before."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.acts import STAGE, Act
from leadline_sla_monitor.core.advance import Met, Stop
from leadline_sla_monitor.core.asked import MOST_ASKED, Asked
from leadline_sla_monitor.core.course import Course
from leadline_sla_monitor.core.cycle import Cycle, answers_cycle
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import NO_CONTACT_WANTED
from leadline_sla_monitor.core.stage_clock import left, stopped

# A withdrawal for one channel ends only the promises that can be kept over no other.
ONLY_BY: Mapping[str, frozenset[str]] = {"phone": frozenset({"call"}), "email": frozenset({"email"})}


@dataclass(frozen=True, slots=True)
class Truth:
    """What a lead's promises are held against. `answers` and `others` are its acts in order of time; `begun` requests
    whose decision's clock begins now: of a lead that became part of another they are no longer among those known.
    """

    known: Known
    cycles: Mapping[UUID, Cycle]
    answers: tuple[Act, ...]
    others: tuple[Act, ...]
    begun: tuple[Asked, ...] = ()
    course: Course = Course()

    def met(self, promise: Promise) -> Met | None:
        """The earliest answer, in time or late."""
        if promise.clock == "decision":
            routed_at = next((a.routed_at for a in (*self.known.asked, *self.begun) if a.id == promise.cycle), None)
            outcome_at = routed_at or self.known.over_at
            return Met(outcome_at) if outcome_at else None
        if promise.clock == "stage":
            return left(promise, self.course)
        found = self._first_answer(promise)
        if found is None or (promise.clock == "owner" and found.at < promise.start):
            return None
        if promise.undecided and self._opened_nothing(promise) and not self._is_of_another(promise):
            return None
        return Met(found.at, found.id, found.by, found.kind)

    def stop(self, promise: Promise, *, rivals: bool = True) -> Stop | None:
        """The earliest end of the wish to be answered. `rivals` False: had the same been promised to no other lead that
        is the same person by now, which of the two promises stays being a matter of their due times.
        """
        known = self.known
        stops: list[Stop] = []
        if known.quarantines or known.over:
            stops += self._by_state(promise)
        if promise.clock == "stage":
            stops += stopped(promise, known, self.course)
        elif promise.clock != "decision":
            if self.others or (promise.clock == "owner" and self.answers):
                stops += self._by_acts(promise)
            if len(known.routings) > 1:  # the one by which it was armed ends nothing
                stops += self._by_routing(promise)
            if promise.clock == "customer":
                stops += self._by_cycle(promise, rivals)
        return min(stops, key=lambda stop: stop.at) if stops else None

    def _first_answer(self, promise: Promise) -> Act | None:
        if not self.answers:
            return None
        start, wanted = self._asked_from(promise), promise.answered_by
        for act in self.answers:
            if act.at >= start and any(answer in wanted for answer in act.answers):
                return act
        return None

    def _asked_from(self, promise: Promise) -> datetime:
        """An owner need not answer again what was answered since it was asked."""
        cycle = self.cycles.get(promise.cycle) if promise.clock == "owner" else None
        start = promise.asked_at or promise.start
        return min(cycle.start, start) if cycle else start

    def _by_state(self, promise: Promise) -> Iterator[Stop]:
        known = self.known
        for at in known.quarantines:
            if at >= promise.start:
                yield Stop(at, "quarantined")
        if known.over == "erased" and (promise.undecided or promise.clock != "decision"):
            yield Stop(promise.start, "erased")  # whatever was due before: nothing is kept to judge it by
        elif known.over == "merged" and known.over_at is not None and promise.clock != "decision":
            yield Stop(known.over_at, "merged")

    def _by_acts(self, promise: Promise) -> Iterator[Stop]:
        start = self._asked_from(promise)
        for act in self.others:
            if act.stops and act.at >= start and _concerns(act, promise) and self._is_applied(act):
                yield Stop(act.at, act.stops)
        if promise.clock == "owner" and (answer := self._first_answer(promise)) and answer.at < promise.start:
            yield Stop(answer.at, "already_answered")

    def _is_applied(self, act: Act) -> bool:
        """Is an order that is to end promises by the stage not one that was not applied? Then it changes nothing."""
        course, past = self.course, self.known.life.past
        if act.kind != STAGE or not course.entries or (past is not None and act.at <= (past.until or past.at)):
            return True
        return any(each.move.id == act.id and each.why in (None, "already") for each in course.judged)

    def _by_routing(self, promise: Promise) -> Iterator[Stop]:
        cycle = self.cycles.get(promise.cycle)
        promised_at = max(cycle.start, cycle.asked.routed_at or cycle.start) if cycle else promise.start
        for routing in self.known.routings:
            if promise.clock == "customer":
                if routing.outcome in NO_CONTACT_WANTED and routing.at > promised_at:
                    yield Stop(routing.at, routing.outcome)
            elif routing.at >= promise.start and (
                routing.outcome != "person" or routing.assignment != promise.assignment
            ):
                yield Stop(routing.at, "reassigned" if routing.outcome == "person" else routing.outcome)

    def _by_cycle(self, promise: Promise, rivals: bool) -> Iterator[Stop]:
        if self.known.joined:
            yield from self._by_merge(promise, rivals)
        cycle = self.cycles.get(promise.cycle)
        if cycle is None:
            if self._opened_nothing(promise) and not self._is_of_another(promise):
                yield Stop(promise.start, "repeat_request")
            cycle = self._group(promise)
        if cycle is not None and cycle.superseded_at is not None:  # also of what repeats it as another lead's
            yield Stop(cycle.superseded_at, "superseded")

    def _by_merge(self, promise: Promise, rivals: bool) -> Iterator[Stop]:
        """Of the same promise made to two leads that are one person the earlier stays; one broken promise is enough;
        and who was answered just before asks for nothing new (rules B5.5, B5.8)."""
        group = self._group(promise)
        if group is None:
            return
        for other in self.rivals(promise) if rivals else ():
            broken = other.status in {"breached", "late", "retracted"}
            if broken or (other.due_at, other.cycle.int) < (promise.due_at, promise.cycle.int):
                yield Stop(self._merged_at(promise, other.origin), "merged")
        if promise.cycle != group.id and self._is_of_another(promise) and self._was_answered(group, promise.start):
            yield Stop(self._merged_at(promise, group.asked.origin), "merged")

    def rivals(self, promise: Promise) -> Iterator[Promise]:
        """The same promise as it was made to other leads that are one person by now, unless something else ended it."""
        group = self._group(promise)
        for other in self.known.promises:
            same = other.clock == "customer" and other.target == promise.target and other.origin != promise.origin
            if same and self._group(other) == group and other.stopped in (None, "merged"):
                yield other

    def _merged_at(self, promise: Promise, other: UUID | None) -> datetime:
        """Since when both are one. What was on its way back when they were merged once more does not say: after they
        had been parted at any rate."""
        found = (self.known.joined_at(promise.origin), self.known.joined_at(other))
        parted_at = self.known.parted_at or promise.start
        return max((each for each in found if each), default=max(promise.start, parted_at))

    def _group(self, promise: Promise) -> Cycle | None:
        """The cycle that the promise belongs to now that both are one lead: its own, or the one its request repeats."""
        own = self.cycles.get(promise.cycle)
        if own is not None:
            return own
        start = promise.asked_at or promise.start
        return next((cycle for cycle in reversed(tuple(self.cycles.values())) if cycle.start <= start), None)

    def _is_of_another(self, promise: Promise) -> bool:
        """Is its request of another lead than the one whose cycle it repeats? Then it was promised in good faith."""
        if not self.known.joined or promise.clock != "customer":
            return False
        group = self._group(promise)
        return group is not None and group.asked.origin != promise.origin

    def _was_answered(self, cycle: Cycle, at: datetime) -> bool:
        return any(cycle.start <= act.at <= at and answers_cycle(act, cycle.asked) for act in self.answers)

    def _opened_nothing(self, promise: Promise) -> bool:
        """By what is known now the request belongs to another cycle. (Of very many the oldest are no longer known.)"""
        return promise.clock == "customer" and promise.cycle not in self.cycles and len(self.known.asked) < MOST_ASKED


def _concerns(act: Act, promise: Promise) -> bool:
    return act.channel is None or set(promise.answered_by) <= ONLY_BY.get(act.channel, frozenset())
