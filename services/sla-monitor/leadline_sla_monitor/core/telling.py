"""Changes of promises as events of `lead.sla`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_runtime.core.calendar import closed_between
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Basis, sparse, trusted
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla, Response, Skipped
from leadline_sla_monitor.core.acts import Act
from leadline_sla_monitor.core.advance import Change, Met
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.cause import BROKEN, cause, in_charge, told, who_heard
from leadline_sla_monitor.core.hops import to_answer, to_routing
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Paused, Promise
from leadline_sla_monitor.core.settle import Settled
from leadline_sla_monitor.core.speed import split

_told, _skipped = sparse(LeadSla), trusted(Skipped)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the changes of one lead at one instant. `revision` is the last one used before; `routed` what it was routed
    by just now, if that is why."""

    lead: UUID
    settled: Settled
    rules: SlaRules
    basis: Basis
    revision: int
    routed: LeadRouted | None = None

    def event(self, change: Change, ordinal: int) -> LeadSla:
        """The `ordinal`-th change (from 0) as an event."""
        promise = change.promise
        cycle = self.settled.truth.cycles.get(promise.cycle)
        now = self.basis.decided_at
        at = change.at if change.kind in BROKEN or change.pause is not None else now
        owner, manager = in_charge(promise, self.settled.known.routings, at)
        asked = cycle.asked if cycle is not None else self._asked(promise)
        fields: dict[str, Any] = {
            "lead_id": self.lead, "revision": self.revision + ordinal + 1, "basis": self.basis, "sla_id": change.id,
            "kind": change.kind, "clock": promise.clock, "policy": promise.policy, "target": promise.target,
            "cycle": promise.cycle, "cycle_number": promise.number, "repeat_requests": cycle.repeats if cycle else 0,
            "assignment": promise.assignment, "owner": owner, "manager": manager,
            "source": asked.source if asked else None, "mode": promise.mode,
            "calendar": promise.calendar, "calendar_version": promise.calendar_version,
            "duration_s": promise.duration.total_seconds(), "start": promise.start, "due_at": promise.due_at,
            "level": change.level, "occurred_at": change.at, "detected_at": now, "supersedes": change.supersedes,
            "first_verdict": True if change.first else None,
        }  # fmt: skip
        if change.kind == "armed":
            fields.update(self._fixed(promise))
        elif change.kind == "moved":
            fields.update({**self._fixed(promise), **_of_move(change)})
        elif change.kind == "warned":
            fields["told"] = told(promise, owner, manager, promise.rung(change.level).tell)
        elif change.kind == "escalated":
            fields.update(self._escalated(change, owner, manager))
        elif change.kind in BROKEN:
            fields.update(self._broken(promise))
        elif change.kind == "cancelled":
            fields["reason"] = promise.stopped
        elif change.pause is not None:
            fields.update(_of_pause(change, change.pause))
        elif change.kind == "breach_retracted" and change.met is None:
            fields["reason"] = "paused"
        elif change.met is not None:
            fields.update(self._answered(change, change.met))
        if change.kind == "breach_retracted":
            fields["told"] = who_heard(promise, self.settled.known.routings)
        if promise.clock == "customer" and "system_s" not in fields and _takes_back(change):
            fields.update(self._first_answer(promise))
        return _told(fields)

    def _fixed(self, promise: Promise) -> dict[str, Any]:
        """What was fixed at arming: the warnings and the closed time on the way to the due time."""
        fields: dict[str, Any] = {
            "warnings": {str(level): at for level, at in promise.warnings},
            "answered_by": promise.answered_by or None,
        }
        if promise.restarted_at is not None:
            fields["reason"] = self._why_anew(promise)  # the full time from then on
        if promise.calendar is not None:
            calendar = self.rules.calendar(promise.calendar)
            skipped = closed_between(calendar, promise.start, promise.due_at)
            fields["skipped"] = tuple([_skipped(start=start, end=end) for start, end in skipped])
        return fields

    def _why_anew(self, promise: Promise) -> str:
        parted_at = self.settled.known.parted_at
        was_apart = parted_at is None or (promise.restarted_at or parted_at) > parted_at
        return "released" if promise.clock == "stage" and was_apart else "unmerged"

    def _escalated(self, change: Change, owner: str | None, manager: str | None) -> dict[str, Any]:
        """Who hears of the step, and what is to become of the lead: of the assignment that it has now."""
        rung, routings = change.promise.rung(change.level), self.settled.known.routings
        return {
            "told": told(change.promise, owner, manager, rung.tell),
            "then": change.then,
            "for_assignment": routings[-1].assignment if routings else None,
            "breach": change.promise.breach_id,
        }

    def _broken(self, promise: Promise) -> dict[str, Any]:
        return {
            "cause": cause(promise, self.settled.known.routings),
            "told": who_heard(promise, self.settled.known.routings),
            "provisional": promise.provisional,
            "reason": "no_response" if promise.clock == "owner" else None,
        }

    def _answered(self, change: Change, met: Met) -> dict[str, Any]:
        promise = change.promise
        fields: dict[str, Any] = {"elapsed_s": max((met.at - promise.start).total_seconds(), 0.0)}
        if change.kind == "resolved_late":
            fields["late_by_s"] = (met.at - promise.due_at).total_seconds()
        if met.act is None:
            fields["hops"] = self._way_to_routing(promise)
            return fields
        fields["response"] = self._response(promise, met.act, met.kind, met.at, met.by)
        first = self._first_told(promise)
        if first is not None and first[0].id == met.act and first[1].key == promise.key:
            fields.update(self._speed(promise, next(self._touches(promise))))
        return fields

    def _response(self, promise: Promise, act: UUID, kind: str, at: datetime, by: str | None) -> Response:
        had_it, _ = in_charge(promise, self.settled.known.routings, at)
        other = by is not None and had_it is not None and by != had_it
        return Response(activity=act, kind=kind, occurred_at=at, by=by, by_other=other)

    def _first_told(self, promise: Promise) -> tuple[Act, Promise] | None:
        """The first human answer of a cycle is told once: with the first of the promises that it answers. One that
        answers none (a text where a mail and a call are promised) is told with the first answer after it that does."""
        if promise.clock != "customer" or promise.cycle not in self.settled.truth.cycles:
            return None
        mine = [p for p in self.settled.known.promises if p.clock == "customer" and p.cycle == promise.cycle]
        for act in self._touches(promise):
            if answered := [p for p in mine or [promise] if set(p.answered_by) & set(act.answers)]:
                return act, answered[0]
        return None

    def _first_answer(self, promise: Promise) -> dict[str, Any]:
        """What was told before is taken back (a mail bounced), and the speed was told with it, it may be: told is which
        answer is the first by now, that may have been told as none."""
        if (first := self._first_told(promise)) is None:
            return {}
        act, _ = first
        response = self._response(promise, act.id, act.kind, act.at, act.by)
        return {"first_response": response, **self._speed(promise, next(self._touches(promise)))}

    def _touches(self, promise: Promise) -> Iterator[Act]:
        """What people did for the lead since it asked, in order of time."""
        return (act for act in self.settled.truth.answers if act.at >= promise.start and "touch" in act.answers)

    def _speed(self, promise: Promise, first: Act) -> dict[str, Any]:
        cycle = self.settled.truth.cycles[promise.cycle]
        calendar = self.rules.calendar(cycle.asked.territory)
        speed = split(promise.start, cycle.asked.routed_at or first.at, first.at, calendar)
        asked, routed_at = cycle.asked, max(cycle.start, cycle.asked.routed_at or cycle.start)
        apart = asked.clock_start - asked.start if asked.released_at is not None and cycle.id == asked.id else None
        return {
            "quarantine_s": apart.total_seconds() if apart else None,
            "system_s": speed.system.total_seconds(),
            "human_s": speed.human.total_seconds(),
            "closed_s": speed.closed.total_seconds(),
            "working_s": speed.working.total_seconds(),
            "hops": to_answer(routed_at, first.at, self.settled.known.routings),
        }

    def _asked(self, promise: Promise) -> Asked | None:
        """The request that the promise is about, if it is still known."""
        cycle = self.settled.truth.cycles.get(promise.cycle)
        if cycle is not None:
            return cycle.asked
        return next((each for each in self.settled.known.asked if each.id == promise.cycle), None)

    def _way_to_routing(self, promise: Promise) -> dict[str, float] | None:
        """If it was routed just now: a lead that became part of another was not, whatever that one's way was."""
        asked, routed = self._asked(promise), self.routed
        if asked is None or routed is None or asked.routed_at != routed.basis.decided_at:
            return None
        return to_routing(asked.clock_start, asked.received_at, routed)


def _of_move(change: Change) -> dict[str, Any]:
    """When it was due before, by whose order it is counted anew, and the warnings still to come."""
    promise = change.promise
    warnings = {str(level): at for level, at in promise.warnings if level > promise.warned}
    return {
        "due_before": change.due_before, "ordered_by": change.ordered_by, "reason": "calendar", "warnings": warnings,
    }  # fmt: skip


def _takes_back(change: Change) -> bool:
    """May it take back an answer? Not a breach that is taken back by the first answer that is told of its promise."""
    first_answer = change.kind == "breach_retracted" and change.met is not None and change.promise.told is None
    return change.supersedes is not None and not first_answer


def _of_pause(change: Change, pause: Paused) -> dict[str, Any]:
    """What was ordered, by whom, and what became of it; of one that was refused why."""
    fields: dict[str, Any] = {
        "due_before": change.due_before, "ordered_by": pause.order, "by": pause.by, "until": pause.until,
    }  # fmt: skip
    if change.kind == "pause_refused":
        return {**fields, "reason": pause.said}
    if change.kind == "resumed":
        fields["paused_s"] = (pause.end - pause.start).total_seconds()
    warnings = {str(level): at for level, at in change.promise.warnings}
    return {**fields, "reason": pause.reason, "warnings": warnings}
