"""The clocks of stages: armed on entering, met on leaving (defaults C2). Promises like all others, of clock `stage`."""

from collections.abc import Iterator
from uuid import UUID

from leadline_runtime.core.calendar import due
from leadline_sla_monitor.core.advance import Met, Stop
from leadline_sla_monitor.core.course import Course, Entry
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise

RECENT, MOST_UNKNOWN = 4, 5


def stage_clock(lead: UUID, known: Known, course: Course, rules: SlaRules) -> Iterator[Promise]:
    """The promise to leave the stage that the lead is in, if that has a clock that does not run yet."""
    entry = course.now
    clock = rules.lifecycle.clocks.get(entry.stage) if entry is not None and not entry.historical else None
    if entry is None or clock is None:
        return
    if any(each.clock == "stage" and each.cycle == entry.id for each in known.promises):
        return
    calendar = rules.calendar(known.routings[-1].territory if known.routings else None)
    yield Promise(
        clock="stage", target=entry.stage, lead=lead, cycle=entry.id, number=_number(course, entry), policy=None,
        mode=clock.mode, calendar=calendar.name, calendar_version=calendar.version, duration=clock.within,
        start=entry.at, due_at=due(calendar, entry.at, clock.within, clock.mode), tell=("owner", "manager"),
    )  # fmt: skip


def is_away(promise: Promise, known: Known, course: Course) -> bool:
    """Is what led to the promise's stage with another lead, or on its way back? Nothing is known of it then."""
    parted_at = known.parted_at
    return parted_at is not None and promise.start < parted_at and _entry(promise.cycle, course) is None


def is_to_begin_anew(promise: Promise, known: Known, course: Course) -> bool:
    """Was it ended by something that does not hold any more: a merge, a time apart, a move of a lead that was part of
    this one until now? If the lead is in that stage, it has its full time again."""
    entry = course.now
    if promise.clock != "stage" or entry is None or entry.id != promise.cycle or not promise.undecided:
        return False
    ended = promise.status == "cancelled" and promise.stopped in {"merged", "quarantined"}
    return ended or (promise.status != "open" and bool(known.life.left))


def left(promise: Promise, course: Course) -> Met | None:
    """When the lead left the stage; None: it is there still, or never was by what is known now."""
    entry = _entry(promise.cycle, course)
    return Met(entry.left_at) if entry is not None and entry.left_at is not None else None


def stopped(promise: Promise, known: Known, course: Course) -> Iterator[Stop]:
    """What ends the promise but leaving the stage: by what is known now the lead never came into it, or nobody may
    write to it any more."""
    if known.over is not None or known.quarantined:
        return
    if _entry(promise.cycle, course) is None:
        yield Stop(promise.start, "stage_changed")
    for routing in known.routings:
        if routing.outcome == "parked" and routing.at > promise.start:
            yield Stop(routing.at, "parked")


def kept(promises: tuple[Promise, ...], course: Course) -> tuple[Promise, ...]:
    """Without the clocks of stages that were left so long ago that no late truth about them is looked for. One of a
    stage that is none here, by a later truth or because what led to it is with another lead, is kept for when it is one
    again: another clock would be told by the same ids."""
    recent = [each.id for each in course.entries[-RECENT:]]
    recent += [p.cycle for p in promises if p.clock == "stage" and _entry(p.cycle, course) is None][-MOST_UNKNOWN:]
    return tuple([p for p in promises if p.clock != "stage" or p.status == "open" or p.cycle in recent])


def _entry(cycle: UUID, course: Course) -> Entry | None:
    for each in course.entries:
        if each.id == cycle:
            return each
    return None


def _number(course: Course, entry: Entry) -> int:
    """The how-manieth time it is in this stage."""
    return sum(each.stage == entry.stage for each in course.entries)
