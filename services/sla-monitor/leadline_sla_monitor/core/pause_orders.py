"""What a person or a machine ordered about a promise's clock: whether it may be paused so, and from when to when."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from leadline_runtime.core.calendar import Calendar, elapsed
from leadline_runtime.core.pauses import latest_end, paused_time
from leadline_sla_monitor.core.acts import PAUSED, RESUMED, Act
from leadline_sla_monitor.core.managers import Manager, is_manager
from leadline_sla_monitor.core.policy import PauseRules, SlaRules
from leadline_sla_monitor.core.promise import Paused, Promise

AFTER_DUE, TOO_LONG = "after_due", "too_long"


def pauses_of(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The orders to pause, in order of time."""
    return tuple(act for act in acts if act.kind == PAUSED)


def resumes_of(acts: Iterable[Act]) -> tuple[Act, ...]:
    """The orders to let the clocks run again, in order of time."""
    return tuple(act for act in acts if act.kind == RESUMED)


def ended_at(order: Act, resumes: Iterable[Act]) -> datetime:
    """When a pause is over: by the first order to resume since it began, else when it was to end."""
    until = order.until or order.at
    return next((act.at for act in resumes if order.at <= act.at < until), until)


def concerns(order: Act, promise: Promise, rules: PauseRules) -> bool:
    """Is the order about this clock at all? A person's own clock stands still for some reasons only."""
    return promise.clock == "customer" or (promise.clock == "owner" and order.reason in rules.owner_clock)


def refusal(order: Act, promise: Promise, rules: SlaRules, managers: tuple[Manager, ...]) -> str | None:
    """Why the promise may not be paused so, in a word; None: it may be."""
    may = rules.pauses.reasons.get(order.reason or "")
    if may is None:
        return "unknown_reason"
    target = rules.target(promise.policy, promise.target)
    if target is not None and target.pauses is not None and order.reason not in target.pauses:
        return "not_for_this_target"
    if not _may(order, may, managers):
        return "not_the_manager" if "manager" in may and order.who == "person" else "not_allowed"
    return _length(order, rules.calendar(promise.calendar), rules.pauses)


def too_long_together(granted: Sequence[Paused], last: Paused, calendar: Calendar) -> bool:
    """Is one pause more than a promise may stand still in all? Its open time together with that of those `granted`
    before it, where they overlap once, is not to be more than that of so many working days from its beginning."""
    if not granted:
        return False  # how long one may be alone is said by its order
    longest = elapsed(calendar, last.start, latest_end(calendar, last.start, last.days))
    return paused_time(calendar, ((each.start, each.end) for each in (*granted, last))) > longest


def _may(order: Act, may: frozenset[str], managers: tuple[Manager, ...]) -> bool:
    if order.who in may:
        return True
    return "manager" in may and order.who == "person" and is_manager(managers, order.by, order.at)


def _length(order: Act, calendar: Calendar, rules: PauseRules) -> str | None:
    told_at = order.told_at or order.at
    if order.until is None:
        return "no_end"
    if order.until <= max(told_at, order.at):
        return "over_already"
    if told_at - order.at > rules.told_within:
        return "told_too_late"
    return TOO_LONG if order.until > latest_end(calendar, order.at, rules.longest) else None
