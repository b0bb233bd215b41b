"""The steps of a promise's ladder after its due time: reached by one that is broken and still unanswered (rules B4.8).

Each is told once ever, whatever becomes of the promise meanwhile. Those before the due time are warnings; what is told
at the due time is told with the breach.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import get_args

from leadline_runtime.core.calendar import Calendar, add, elapsed
from leadline_runtime.core.pauses import unpaused
from leadline_runtime.core.values import replace
from leadline_schemas.vocabulary import Escalation
from leadline_sla_monitor.core.advance import Change, Now
from leadline_sla_monitor.core.cause import remembering
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.rung import DUE_LEVEL
from leadline_sla_monitor.core.truth import Truth

FURTHER: Mapping[str, int] = {then: rank for rank, then in enumerate(get_args(Escalation))}
BROKEN = frozenset({"breached", "late"})  # late: by an answer that may turn out to be none


def climbed(promise: Promise, truth: Truth, rules: SlaRules, now: Now) -> tuple[Promise, list[Change]]:
    """The promise with the steps that it has reached by now, in their order; none of one that nobody waits for."""
    if not promise.ladder:
        return promise, []
    if promise.status not in BROKEN or not _waits(promise, truth):
        return (replace(promise, steps=()) if promise.steps else promise), []
    steps = promise.steps or _steps(promise, rules.calendar(promise.calendar))
    promise, changes = replace(promise, steps=steps), []
    for level, at in steps:
        if level > promise.warned and at <= now.at:
            reached, then = replace(promise, warned=level), promise.rung(level).then
            step = Change("escalated", promise.event_id("escalated", level), at, reached, level, then=then)
            changes.append(remembering(step, truth.known.routings, now.at))
            promise = changes[-1].promise
    return promise, changes


def moving_once(changes: Sequence[Change]) -> list[Change]:
    """Of the steps reached at once that are to move the lead, by whichever promise, the one that goes furthest does it;
    the others tell people only. Each names the assignment that the lead has now, which the first of them ends: the
    lead would stay where the least of them brought it. So would it by a lapse, which is told after it therefore.
    """
    furthest = max(
        (each for each in changes if each.then), key=lambda each: (FURTHER[each.then or ""], each.at), default=None
    )
    if furthest is None:
        return list(changes)
    told = [each if each is furthest else replace(each, then=None) for each in changes if each.kind != "lapsed"]
    return [*told, *(each for each in changes if each.kind == "lapsed")]


def _waits(promise: Promise, truth: Truth) -> bool:
    """Is it still asked for? Of promises of two leads that are one only the first that was broken goes on."""
    if truth.met(promise) is not None:
        return False
    stop = truth.stop(promise)
    if stop is None:
        return True
    if stop.reason != "merged" or truth.known.over is not None:
        return False
    broken = [each for each in truth.rivals(promise) if each.status == "breached"]
    return all((promise.due_at, promise.cycle.int) < (each.due_at, each.cycle.int) for each in broken)


def _steps(promise: Promise, calendar: Calendar) -> tuple[tuple[int, datetime], ...]:
    """When each step is reached: its share of the open time that the promise had, counted on from the due time."""
    spans = [(each.start, each.end) for each in promise.pauses if each.moves]
    running = unpaused(promise.start, promise.due_at, spans)
    had = sum((elapsed(calendar, begin, end) for begin, end in running), start=promise.duration * 0)
    had = had or promise.duration
    return tuple(
        (rung.level, add(calendar, promise.due_at, had * (rung.level - DUE_LEVEL) / DUE_LEVEL))
        for rung in promise.ladder
        if rung.level > DUE_LEVEL
    )
