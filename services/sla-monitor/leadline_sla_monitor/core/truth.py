"""What is true of a promise by all that is known: the earliest act that answers it, and what ends it before."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.acts import Act
from leadline_sla_monitor.core.advance import Met, Stop
from leadline_sla_monitor.core.asked import MOST_ASKED
from leadline_sla_monitor.core.cycle import Cycle
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import NO_CONTACT_WANTED

# A withdrawal for one channel ends only the promises that can be kept over no other.
ONLY_BY: Mapping[str, frozenset[str]] = {"phone": frozenset({"call"}), "email": frozenset({"email"})}


@dataclass(frozen=True, slots=True)
class Truth:
    """What a lead's promises are held against. `answers` and `others` are its acts in order of time."""

    known: Known
    cycles: Mapping[UUID, Cycle]
    answers: tuple[Act, ...]
    others: tuple[Act, ...]

    def met(self, promise: Promise) -> Met | None:
        """The earliest answer, in time or late."""
        if promise.clock == "decision":
            routed_at = next((a.routed_at for a in self.known.asked if a.id == promise.cycle), None)
            outcome_at = routed_at or self.known.over_at
            return Met(outcome_at) if outcome_at else None
        found = self._first_answer(promise)
        if found is None or (promise.clock == "owner" and found.at < promise.start):
            return None
        if promise.undecided and self._opened_nothing(promise):
            return None
        return Met(found.at, found.id, found.by, found.kind)

    def stop(self, promise: Promise) -> Stop | None:
        """The earliest end of the wish to be answered."""
        known, stops = self.known, list[Stop]()
        if known.quarantines or known.over:
            stops += self._by_state(promise)
        if promise.clock != "decision":
            if self.others or promise.clock == "owner":
                stops += self._by_acts(promise)
            if len(known.routings) > 1:  # the one by which it was armed ends nothing
                stops += self._by_routing(promise)
            stops += self._by_cycle(promise)
        return min(stops, key=lambda stop: stop.at, default=None)

    def _first_answer(self, promise: Promise) -> Act | None:
        start, wanted = self._asked_from(promise), promise.answered_by
        for act in self.answers:
            if act.at >= start and any(answer in wanted for answer in act.answers):
                return act
        return None

    def _asked_from(self, promise: Promise) -> datetime:
        """An owner need not answer again what was answered since it was asked."""
        cycle = self.cycles.get(promise.cycle) if promise.clock == "owner" else None
        return min(cycle.start, promise.start) if cycle else promise.start

    def _by_state(self, promise: Promise) -> Iterator[Stop]:
        known = self.known
        for at in known.quarantines:
            if at >= promise.start:
                yield Stop(at, "quarantined")
        if known.over == "erased":
            yield Stop(promise.start, "erased")  # whatever was due before: nothing is kept to judge it by
        elif known.over == "merged" and known.over_at is not None and promise.clock != "decision":
            yield Stop(known.over_at, "merged")

    def _by_acts(self, promise: Promise) -> Iterator[Stop]:
        start = self._asked_from(promise)
        for act in self.others:
            if act.stops and act.at >= start and _concerns(act, promise):
                yield Stop(act.at, act.stops)
        if promise.clock == "owner" and (answer := self._first_answer(promise)) and answer.at < promise.start:
            yield Stop(answer.at, "already_answered")

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

    def _by_cycle(self, promise: Promise) -> Iterator[Stop]:
        if self._opened_nothing(promise):
            yield Stop(promise.start, "repeat_request")
        cycle = self.cycles.get(promise.cycle) if promise.clock == "customer" else None
        if cycle is not None and cycle.superseded_at is not None:
            yield Stop(cycle.superseded_at, "superseded")

    def _opened_nothing(self, promise: Promise) -> bool:
        """By what is known now the request belongs to another cycle. (Of very many the oldest are no longer known.)"""
        return promise.clock == "customer" and promise.cycle not in self.cycles and len(self.known.asked) < MOST_ASKED


def _concerns(act: Act, promise: Promise) -> bool:
    return act.channel is None or set(promise.answered_by) <= ONLY_BY.get(act.channel, frozenset())
