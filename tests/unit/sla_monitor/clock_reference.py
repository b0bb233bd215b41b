"""Clocks by the plainest possible means: which verdicts there must be, found anew from all that was read until now.

It remembers of a promise only what cannot be found anew: that it was armed, and which verdict was given.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.unit.sla_monitor.clock_facts import Ask, Did, Routed
from tests.unit.sla_monitor.clock_rules import (
    GRACE,
    RESTED,
    UNWANTED,
    Target,
    after_open,
    due_of,
    policy_of,
    warnings_of,
)

DECISION = Target(timedelta(seconds=60), "routing", True)
ONLY = {"phone": "call", "email": "email"}
Key = tuple[object, ...]


@dataclass
class Cycle:
    """A request that is answered for itself."""

    ask: Ask
    superseded_at: datetime | None = None


@dataclass
class Promise:
    """`verdict`: breached, then retracted for good. `said`: how it stands, in words and what did it."""

    clock: str
    target: str
    cycle: UUID
    start: datetime
    due: datetime
    by: str
    warnings: dict[int, datetime] = field(default_factory=dict)
    assignment: int | None = None
    verdict: str | None = None
    provisional: bool = False
    warned: int = 0
    over: bool = False
    said: tuple[object, ...] = ("new",)


class Reference:
    """One lead. `read_*` take what was read; `settle` says what must have been told by now."""

    def __init__(self) -> None:
        self.asks: dict[UUID, Ask] = {}
        self.routings: list[Routed] = []
        self.acts: dict[UUID, Did] = {}
        self.promises: dict[Key, Promise] = {}
        self.merged_at: datetime | None = None
        self.erased_at: datetime | None = None
        self.looked_at = datetime.min.replace(tzinfo=UTC)

    def settle(self, now: datetime, horizon: datetime) -> None:
        """Arm what is new, then say of each promise how it stands."""
        if self.erased_at is not None:
            self._forget(self.erased_at)
            return
        cycles = self._cycles()
        self._arm(cycles)
        for promise in self.promises.values():
            if self.merged_at is not None:  # what met or ended it went to the other lead
                promise.over |= promise.clock == "owner" and promise.said[0] in {"met", "cancelled"}
            if not promise.over:
                self._look(promise, cycles, now, horizon)
                promise.over = self._is_over(promise)
        self.looked_at = now

    def _forget(self, at: datetime) -> None:
        """What is open ends with the lead; that was an outcome as well, of a request that waited for one too long."""
        for promise in self.promises.values():
            if promise.said[0] == "open":
                promise.said = ("cancelled", "erased")
            elif promise.said == ("breached", None) and promise.clock == "decision":
                promise.said = ("resolved_late", None)
                if at <= promise.due:
                    promise.verdict, promise.said = "retracted", ("retracted", None)

    def _is_over(self, promise: Promise) -> bool:
        """Of an owner who has it no more only a lapse may be taken back."""
        moved_on = promise.clock == "owner" and promise.assignment != self.routings[-1].assignment
        return moved_on and promise.said[0] in {"met", "cancelled"}

    # Which requests are answered for themselves

    def _cycles(self) -> dict[UUID, Cycle]:
        found: list[Cycle] = []
        asked = [a for a in self.asks.values() if a.policy is not None]
        for ask in sorted(asked, key=lambda a: (a.start, a.strength, a.id)):
            last = found[-1] if found else None
            if last is not None and ask.strength < last.ask.strength:
                last.superseded_at = ask.start
            elif last is not None and (self._is_open(last, ask.start) or not self._is_rested(last, ask.start)):
                continue
            found.append(Cycle(ask))
        return {each.ask.id: each for each in found}

    def _is_open(self, cycle: Cycle, at: datetime) -> bool:
        start = cycle.ask.start
        ends = [r.at for r in self.routings if r.outcome in UNWANTED]
        ends += [a.at for a in self.acts.values() if a.ends and a.channel is None]
        return not any(start <= each <= at for each in (*ends, *self._answers(cycle)))

    def _is_rested(self, cycle: Cycle, at: datetime) -> bool:
        return not any(each <= at < each + RESTED for each in self._answers(cycle))

    def _answers(self, cycle: Cycle) -> list[datetime]:
        wanted = {"touch", "enrolled"} if cycle.ask.cadence else {"touch"}
        return [act.at for act in self._valid() if act.answers & wanted]

    # What is promised

    def _arm(self, cycles: dict[UUID, Cycle]) -> None:
        for ask in self.asks.values():
            if ask.captured and ("decision", ask.id) not in self.promises:
                self._promise("decision", "decision", ask.id, ask.received_at, DECISION)
        if self.merged_at is not None:
            return
        for cycle in cycles.values():
            for name, target in cycle.ask.policy.targets.items() if cycle.ask.policy else ():
                if (cycle.ask.id, name) not in self.promises:
                    self._promise("customer", name, cycle.ask.id, cycle.ask.start, target)
        self._arm_owner(cycles)

    def _promise(self, clock: str, name: str, cycle: UUID, start: datetime, target: Target) -> None:
        warnings = warnings_of(start, target) if clock == "customer" else {}
        made = Promise(clock, name, cycle, start, due_of(start, target), target.by, warnings)
        self.promises[(cycle, name) if clock == "customer" else (clock, cycle)] = made

    def _arm_owner(self, cycles: dict[UUID, Cycle]) -> None:
        """One for each assignment, by the newest cycle that was routed with it or before."""
        if not self.routings or self.routings[-1].outcome != "person":
            return
        assigned = next(r for r in self.routings if r.assignment == self.routings[-1].assignment)
        known = [c.ask for c in cycles.values() if c.ask.routed_at is not None and c.ask.routed_at <= assigned.at]
        if not known or known[-1].policy is None or known[-1].policy.reassign is None:
            return
        ask, key = known[-1], ("owner", assigned.assignment)
        due = after_open(assigned.at, known[-1].policy.reassign)
        wanted = Promise("owner", "owner_response", ask.id, assigned.at, due, "touch", {}, assigned.assignment)
        running = self.promises.get(key)
        if running is None:
            stop = self._stop(wanted, cycles)
            if stop is None or stop[0] >= wanted.start:
                self.promises[key] = wanted
        elif running.verdict is None:
            if running.due != wanted.due:  # told as armed anew, whatever was told of its end
                running.said = ("new",)
            running.cycle, running.due = wanted.cycle, wanted.due

    # What is true of a promise

    def _look(self, promise: Promise, cycles: dict[UUID, Cycle], now: datetime, horizon: datetime) -> None:
        met, stop, due = self._met(promise, cycles), self._stop(promise, cycles), promise.due
        in_time = met is not None and met[0] <= min(due, stop[0] if stop else due)
        if promise.verdict is None:
            if met is not None and in_time:
                promise.said = ("met", met[1])
            elif stop is not None and stop[0] <= due:
                # told once: another reason found later changes nothing
                promise.said = promise.said if promise.said[0] == "cancelled" else ("cancelled", stop[1])
            elif due <= now and (due <= horizon or due + GRACE <= now):
                promise.verdict, promise.provisional, promise.said = "breached", due > horizon, ("breached", None)
            else:
                promise.warned = max(promise.warned, self._warned(promise, now))
                promise.said = ("open", promise.warned)
        if promise.verdict == "breached" and met is not None:
            if in_time:
                promise.verdict, promise.said = "retracted", ("retracted", met[1])
            elif promise.clock != "owner":
                promise.said = ("resolved_late", met[1])

    def _warned(self, promise: Promise, now: datetime) -> int:
        """The highest warning due by now: of an overdue promise only if it was open when it was due."""
        since = self.looked_at if promise.said[0] == "open" else now
        levels = [n for n, at in promise.warnings.items() if at <= now and (now < promise.due or at > since)]
        return max(levels, default=0)

    def _met(self, promise: Promise, cycles: dict[UUID, Cycle]) -> tuple[datetime, UUID | None] | None:
        if promise.clock == "decision":
            routed_at = self.asks[promise.cycle].routed_at or self.merged_at
            return (routed_at, None) if routed_at else None
        if promise.clock == "customer" and promise.verdict is None and promise.cycle not in cycles:
            return None  # its request repeats another
        found = self._first(promise, cycles)
        return (found.at, found.id) if found and found.at >= promise.start else None

    def _first(self, promise: Promise, cycles: dict[UUID, Cycle]) -> Did | None:
        start = self._asked_from(promise, cycles)
        found = [act for act in self._valid() if promise.by in act.answers and act.at >= start]
        return min(found, key=lambda act: act.at, default=None)

    def _asked_from(self, promise: Promise, cycles: dict[UUID, Cycle]) -> datetime:
        """An owner need not answer again what was answered since it was asked."""
        cycle = cycles.get(promise.cycle) if promise.clock == "owner" else None
        return min(cycle.ask.start, promise.start) if cycle else promise.start

    def _stop(self, promise: Promise, cycles: dict[UUID, Cycle]) -> tuple[datetime, str] | None:
        if promise.clock == "decision":
            return None
        return min(self._stops(promise, cycles), key=lambda stop: stop[0], default=None)

    def _stops(self, promise: Promise, cycles: dict[UUID, Cycle]) -> Iterator[tuple[datetime, str]]:
        asked_from, cycle = self._asked_from(promise, cycles), cycles.get(promise.cycle)
        if self.merged_at is not None:
            yield self.merged_at, "merged"
        for act in self.acts.values():
            if act.ends and act.at >= asked_from and (act.channel is None or ONLY.get(act.channel) == promise.by):
                yield act.at, act.ends
        if promise.clock == "owner":
            first = self._first(promise, cycles)
            if first is not None and first.at < promise.start:
                yield first.at, "already_answered"
            for routed in self.routings:
                if routed.at >= promise.start and routed.outcome != "person":
                    yield routed.at, routed.outcome
                elif routed.at >= promise.start and routed.assignment != promise.assignment:
                    yield routed.at, "reassigned"
            return
        promised_at = max(cycle.ask.start, cycle.ask.routed_at or cycle.ask.start) if cycle else promise.start
        for routed in self.routings:
            if routed.outcome in UNWANTED and routed.at > promised_at:
                yield routed.at, routed.outcome
        if cycle is None:
            yield promise.start, "repeat_request"
        elif cycle.superseded_at is not None:
            yield cycle.superseded_at, "superseded"

    def _valid(self) -> list[Did]:
        """The acts that answer something, without e-mails that bounced: the one that a bounce names, else the last."""
        sent = sorted((a for a in self.acts.values() if a.answers), key=lambda a: a.at)
        void: set[UUID] = set()
        for bounce in sorted((a for a in self.acts.values() if a.bounce), key=lambda a: a.at):
            mails = [a for a in sent if a.mail and a.at <= bounce.at and a.id not in void]
            named = [a for a in mails if a.message == bounce.message]
            void |= {a.id for a in (named or mails)[-1:]}
        return [a for a in sent if a.id not in void]

    # What is read

    def read_request(self, request: Ask) -> Ask:
        """The request as it is known: the same one each time."""
        return self.asks.setdefault(request.id, request)

    def read_routing(self, routed: Routed, held: list[Ask]) -> None:
        """Of each request only the first routing that holds it counts."""
        for each in held:
            ask = self.read_request(each)
            if ask.routed_at is None:
                ask.routed_at, ask.cadence = routed.at, routed.outcome == "nurture"
                ask.policy = policy_of(ask.type, routed.outcome)
        last = self.routings[-1] if self.routings else None
        if last is None or (last.outcome, last.assignment) != (routed.outcome, routed.assignment):
            self.routings.append(routed)
