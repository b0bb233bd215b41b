"""Promises after an unmerge: what was open, or was cancelled by the merge alone, begins anew (rules B5.8). So does the
clock of a stage after a time apart."""

from datetime import datetime
from fractions import Fraction

from leadline_runtime.core.calendar import due, open_fractions
from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.advance import Change
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.rung import DUE_LEVEL
from leadline_sla_monitor.core.stage_clock import is_to_begin_anew
from leadline_sla_monitor.core.truth import Truth


def restarted(
    promises: tuple[Promise, ...], truth: Truth, rules: SlaRules, now: datetime
) -> tuple[tuple[Promise, ...], list[Change]]:
    """The promises with the full time from the unmerge, or the release, where that is owed. Verdicts given stay."""
    changes: list[Change] = []
    kept = []
    for each in promises:
        at = _anew_from(each, truth, now)
        if at is None:
            kept.append(replace(each, returned=False) if each.returned else each)
            continue
        anew = _anew(each, rules, at)
        why = "released" if each.stopped == "quarantined" else "unmerged"
        changes.append(Change("armed", anew.event_id("armed", why, at), at, anew, supersedes=each.told))
        kept.append(anew)
    return tuple(kept), changes


def _anew_from(promise: Promise, truth: Truth, now: datetime) -> datetime | None:
    parted_at = truth.known.parted_at
    if is_to_begin_anew(promise, truth.known, truth.course):
        return now if promise.stopped == "quarantined" else parted_at
    return parted_at if parted_at is not None and _is_owed(promise, truth, parted_at) else None


def _is_owed(promise: Promise, truth: Truth, at: datetime) -> bool:
    if promise.clock != "customer" or not promise.undecided or promise.start >= at or promise.restarted_at == at:
        return False
    stop, met = truth.stop(promise), truth.met(promise)
    if stop is not None or (met is not None and met.at <= promise.due_at):
        return False
    # What never left its lead runs on; unless the merge alone ended it, or who left was answered until it was due.
    ended = promise.status == "cancelled" and promise.stopped == "merged"
    return promise.returned or ended or (promise.status == "met" and promise.due_at <= at)


def _anew(promise: Promise, rules: SlaRules, at: datetime) -> Promise:
    calendar = rules.calendar(promise.calendar)
    due_at = due(calendar, at, promise.duration, promise.mode)
    levels = tuple(level for level, _ in promise.warnings)
    shares = tuple(Fraction(level, DUE_LEVEL) for level in levels)
    return replace(
        promise, start=at, due_at=due_at, calendar_version=calendar.version,
        status="open", answered=None, stopped=None, told=None,
        warnings=tuple(zip(levels, open_fractions(calendar, at, due_at, shares), strict=True)) if levels else (),
        asked_at=promise.asked_at or promise.start, restarted_at=at, returned=False, turn=promise.turn + 1,
        unpaused_due=None, counted_from=None, pauses=(), runs_at=None, steps=(),
    )  # fmt: skip
