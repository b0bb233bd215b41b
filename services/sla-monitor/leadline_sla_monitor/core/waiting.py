"""Since when a lead waits for an answer that it was promised, be the promise still open or broken already."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from leadline_sla_monitor.core.cycle import answers_cycle
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.truth import Truth

# A lead that nobody answered for so long is a matter of stale leads, not of an alarm.
STALE_AFTER = timedelta(days=30)
UNANSWERED = frozenset({"open", "breached"})


def waiting_since(promises: Iterable[Promise], truth: Truth, now: datetime) -> datetime | None:
    """The earliest start of an unanswered promise to a lead that still wants to be answered; None: it waits no more.

    It waits until a person turned to it (into a cadence: until it was enrolled), which one promise of several may be
    kept or broken without.
    """
    return min([each.start for each in _unanswered(promises, truth, now)], default=None)


def overdue_since(promises: Iterable[Promise], truth: Truth, now: datetime) -> datetime | None:
    """When the first promise was due that is broken, of those to a lead that still wants to be answered; None: none."""
    broken = [each for each in promises if each.status == "breached"]
    return min([each.due_at for each in _unanswered(broken, truth, now)], default=None) if broken else None


def _unanswered(promises: Iterable[Promise], truth: Truth, now: datetime) -> list[Promise]:
    return [
        promise for promise in promises
        if promise.clock == "customer" and promise.status in UNANSWERED and promise.start + STALE_AFTER > now
        and _waits(promise, truth)
    ]  # fmt: skip


def _waits(promise: Promise, truth: Truth) -> bool:
    if promise.status == "breached" and truth.stop(promise) is not None:  # an open one would be cancelled by it
        return False
    if not truth.answers:
        return True
    cycle = truth.cycles.get(promise.cycle)
    if cycle is None:  # of very many requests the oldest are no longer known
        return not any(act.at >= promise.start and "touch" in act.answers for act in truth.answers)
    return not any(act.at >= promise.start and answers_cycle(act, cycle.asked) for act in truth.answers)
