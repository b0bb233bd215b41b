"""Since when a lead waits for an answer that it was promised, be the promise still open or broken already."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from leadline_sla_monitor.core.cycle import answers_cycle
from leadline_sla_monitor.core.promise import Paused, Promise
from leadline_sla_monitor.core.truth import Truth

# A lead that nobody answered for so long is a matter of stale leads, not of an alarm.
STALE_AFTER = timedelta(days=30)
UNANSWERED = frozenset({"open", "breached"})


def waiting_since(promises: Iterable[Promise], truth: Truth, now: datetime) -> datetime | None:
    """The earliest start of an unanswered promise to a lead that still wants to be answered; None: it waits no more.

    It waits until a person turned to it (into a cadence: until it was enrolled), which one promise of several may be
    kept or broken without. Who asked to be called later waits for nobody while a clock stands still, and by then for
    so much less.
    """
    found = _unanswered(promises, truth, now)
    if any(promise.runs_at is not None and promise.runs_at > now for promise, _ in found):
        return None
    return min([since for _, since in found], default=None)


def overdue_since(promises: Iterable[Promise], truth: Truth, now: datetime) -> datetime | None:
    """When the first promise was due that is broken, of those to a lead that still wants to be answered; None: none."""
    broken = [each for each in promises if each.status == "breached"]
    return min([promise.due_at for promise, _ in _unanswered(broken, truth, now)], default=None) if broken else None


def _unanswered(promises: Iterable[Promise], truth: Truth, now: datetime) -> list[tuple[Promise, datetime]]:
    """With since when each waits."""
    asked = [each for each in promises if each.clock == "customer" and each.status in UNANSWERED]
    pauses = [pause for each in asked for pause in each.pauses if pause.moves]
    found = [(each, each.start + _stood(pauses, each.start, now) if pauses else each.start) for each in asked]
    return [(each, since) for each, since in found if since + STALE_AFTER > now and _waits(each, truth)]


def _stood(pauses: Iterable[Paused], start: datetime, now: datetime) -> timedelta:
    """For how long of the time since then a clock stood still."""
    stood, until = timedelta(), start
    for pause in sorted(pauses, key=lambda each: each.start):
        end = min(pause.end, now)
        if end > until:
            stood += end - max(pause.start, until)
            until = end
    return stood


def _waits(promise: Promise, truth: Truth) -> bool:
    if promise.status == "breached" and truth.stop(promise) is not None:  # an open one would be cancelled by it
        return False
    if not truth.answers:
        return True
    cycle = truth.cycles.get(promise.cycle)
    if cycle is None:  # of very many requests the oldest are no longer known
        return not any(act.at >= promise.start and "touch" in act.answers for act in truth.answers)
    return not any(act.at >= promise.start and answers_cycle(act, cycle.asked) for act in truth.answers)
