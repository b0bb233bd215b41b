"""The monitor's one decision: what follows from all that is known of a lead at this instant.

Cycles follow from requests and answers; what is new is armed; each promise is advanced as far as it goes.
"""

from uuid import UUID

from leadline_runtime.core.values import dataclass, replace
from leadline_sla_monitor.core.acts import answering
from leadline_sla_monitor.core.advance import Change, Now, advance
from leadline_sla_monitor.core.arming import Arming
from leadline_sla_monitor.core.asked import MOST_ASKED, Asked
from leadline_sla_monitor.core.calendar_order import CalendarOrder, carried_out
from leadline_sla_monitor.core.cause import remembering
from leadline_sla_monitor.core.course import Course
from leadline_sla_monitor.core.cycle import History, cycles
from leadline_sla_monitor.core.known import Known, tidied
from leadline_sla_monitor.core.ladder import climbed, moving_once
from leadline_sla_monitor.core.living import Lived, living
from leadline_sla_monitor.core.owner_clock import with_owner
from leadline_sla_monitor.core.pausing import paused
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.restart import restarted
from leadline_sla_monitor.core.stage_clock import is_away, stage_clock
from leadline_sla_monitor.core.stage_clock import kept as kept_clocks
from leadline_sla_monitor.core.truth import Truth
from leadline_sla_monitor.core.waiting import overdue_since, waiting_since


@dataclass(frozen=True, slots=True)
class Armed:
    """The promises, the cycles opened, and that they were armed."""

    promises: tuple[Promise, ...]
    opened: tuple[tuple[UUID, int], ...]
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known after it, what happened in order, the truth it was held against, and what became of its stages."""

    known: Known
    changes: tuple[Change, ...]
    truth: Truth
    lived: Lived


def settle(lead: UUID, known: Known, rules: SlaRules, now: Now, begun: tuple[Asked, ...] = ()) -> Settled:
    """Arm what is new, advance what is open. `begun`: the requests whose decision clock begins now."""
    answers = answering(known.acts) if known.acts else ()
    others = tuple([act for act in known.acts if not act.answers]) if known.acts else ()
    history = History(known.asked, answers, others, known.routings, rules.reopen_after, rules.pre_contacted)
    found = {cycle.id: cycle for cycle in cycles(history)}
    lived = living(lead, known, rules.lifecycle, now)
    truth = Truth(known, found, answers, others, begun, lived.course)
    armed = Armed(known.promises, known.opened)
    if known.over is None:
        armed = _armed(Arming(lead, rules, now.at), truth, begun)
    elif begun and known.over == "merged":  # met by the merge itself, or late already
        armed = _decisions(Arming(lead, rules, now.at), known, begun)
    changes = list(armed.changes)
    if known.parted_at is not None or known.quarantines:
        anew, begun_anew = restarted(armed.promises, truth, rules, now.at)
        armed, changes = Armed(anew, armed.opened), changes + begun_anew
    order, standing, moved = _by_order(known.calendar_order, armed.promises, rules, now)
    standing, told = paused(standing, truth, rules, now)
    moved += told
    if standing is not armed.promises:  # of two promises that are one the earlier stays, by the due times of now
        truth, changes = replace(truth, known=replace(known, promises=standing)), changes + moved
    promises = tuple([
        promise if _had_ended(promise, known, lived.course) else _advanced(promise, truth, now, changes)
        for promise in standing
    ])  # fmt: skip
    if any(each.ladder for each in promises):
        truth = replace(truth, known=replace(truth.known, promises=promises))
        promises = tuple([_climbed(promise, truth, rules, now, changes=changes) for promise in promises])
        changes = moving_once(changes)
    kept = replace(
        known,
        calendar_order=order,
        promises=kept_clocks(tidied(promises, armed.opened, known), lived.course),
        life=lived.life,
        opened=armed.opened,
        waiting_since=waiting_since(promises, truth, now.at),
        overdue_since=overdue_since(promises, truth, now.at),
    )
    return Settled(kept, tuple(changes), truth, lived)


def _by_order(
    order: CalendarOrder | None, promises: tuple[Promise, ...], rules: SlaRules, now: Now
) -> tuple[CalendarOrder | None, tuple[Promise, ...], list[Change]]:
    if order is None:
        return None, promises, []
    return carried_out(order, promises, rules.calendars, rules.calendars_digest, now.at)


def _had_ended(promise: Promise, known: Known, course: Course) -> bool:
    """Was it kept, or ended, before the lead was over or kept apart? What shows that is known here no more: the acts of
    an erased lead, the stages of one that is none of its own, what went to the lead that this one became part of; and
    a stage that it was in by what has yet to come back from there, or never will."""
    if promise.status not in {"met", "cancelled"}:
        return False
    if promise.clock == "stage":
        return known.over is not None or known.quarantined or is_away(promise, known, course)
    return known.over == "erased" or (known.over == "merged" and promise.clock == "owner")


def _decisions(arming: Arming, known: Known, begun: tuple[Asked, ...]) -> Armed:
    new = [arming.decision(each) for each in begun]
    told = tuple(Change("armed", p.event_id("armed"), arming.now, p) for p in new)
    return Armed((*known.promises, *new), known.opened, told)


def _advanced(promise: Promise, truth: Truth, now: Now, changes: list[Change]) -> Promise:
    while (change := advance(promise, truth.met(promise), truth.stop(promise), now)) is not None:
        change = remembering(change, truth.known.routings, now.at)
        changes.append(change)
        promise = change.promise
    return promise


def _climbed(promise: Promise, truth: Truth, rules: SlaRules, now: Now, *, changes: list[Change]) -> Promise:
    promise, more = climbed(promise, truth, rules, now)
    changes += more
    return promise


def _armed(arming: Arming, truth: Truth, begun: tuple[Asked, ...]) -> Armed:
    """The promises with those that are new now: decision, customer, owner."""
    new = [arming.decision(each) for each in begun]
    opened = truth.known.opened
    before = {cycle for cycle, _ in opened}
    for cycle in truth.cycles.values():
        if cycle.id not in before:
            number = opened[-1][1] + 1 if opened else 1
            opened = (*opened, (cycle.id, number))
            new += arming.customer(cycle, number)
    promises, owner, moved = with_owner(arming, truth, dict(opened))
    new += owner
    new += stage_clock(arming.lead, truth.known, truth.course, arming.rules)
    told = [Change("armed", p.event_id("armed"), arming.now, p) for p in new]
    return Armed((*promises, *new), opened[-MOST_ASKED:], (*told, *moved))
