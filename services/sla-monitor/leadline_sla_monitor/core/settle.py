"""The monitor's one decision: what follows from all that is known of a lead at this instant.

Cycles follow from requests and answers; what is new is armed; each promise is advanced as far as it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from leadline_sla_monitor.core.acts import answering
from leadline_sla_monitor.core.advance import Change, Now, advance
from leadline_sla_monitor.core.arming import Arming
from leadline_sla_monitor.core.asked import MOST_ASKED, all_armed
from leadline_sla_monitor.core.cycle import History, cycles
from leadline_sla_monitor.core.known import Known, tidied
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import Routing
from leadline_sla_monitor.core.truth import Truth


@dataclass(frozen=True, slots=True)
class Settled:
    """What is known after it, what happened in order, and the truth it was held against."""

    known: Known
    changes: tuple[Change, ...]
    truth: Truth


def settle(lead: UUID, known: Known, rules: SlaRules, now: Now) -> Settled:
    """Arm what is new, advance what is open."""
    answers = answering(known.acts)
    others = tuple(act for act in known.acts if not act.answers)
    history = History(known.asked, answers, others, known.routings, rules.reopen_after, rules.pre_contacted)
    found = {cycle.id: cycle for cycle in cycles(history)}
    truth = Truth(known, found, answers, others)
    armed = _armed(Arming(lead, rules, now.at), truth) if known.over is None else known
    truth = replace(truth, known=armed)
    changes, promises = [], []
    for index, promise in enumerate(armed.promises):
        if index >= len(known.promises):
            changes.append(Change("armed", promise.event_id("armed"), now.at, promise))
        current = promise
        while (change := advance(current, truth.met(current), truth.stop(current), now)) is not None:
            changes.append(change)
            current = change.promise
        promises.append(current)
    kept = replace(armed, promises=tidied(tuple(promises), armed.opened, armed.assignments))
    return Settled(kept, tuple(changes), truth)


def _armed(arming: Arming, truth: Truth) -> Known:
    """What is known with the promises that are new now: decision, customer, owner."""
    known = truth.known
    new = [arming.decision(each) for each in known.asked if each.decision == "wanted"]
    opened = list(known.opened)
    before = {cycle for cycle, _ in opened}
    for cycle in truth.cycles.values():
        if cycle.id not in before:
            number = opened[-1][1] + 1 if opened else 1
            opened.append((cycle.id, number))
            new += arming.customer(cycle, number)
    routing = known.routings[-1] if known.routings else None
    assignments = known.assignments
    if routing is not None and routing.assignment > assignments:
        assignments = routing.assignment
        owner = _owner(arming, truth, routing, dict(opened))
        new += [owner] if owner else []
    asked = all_armed(known.asked) if new else known.asked
    return replace(
        known,
        asked=asked,
        promises=(*known.promises, *new),
        opened=tuple(opened[-MOST_ASKED:]),
        assignments=assignments,
    )


def _owner(arming: Arming, truth: Truth, routing: Routing, numbers: Mapping[UUID, int]) -> Promise | None:
    """The owner's clock of a new assignment, if the newest cycle has one and still waits for its answer."""
    if routing.outcome != "person" or routing.escalated or not truth.cycles:
        return None
    newest = list(truth.cycles.values())[-1]
    promise = arming.owner(newest, numbers[newest.id], routing)
    return promise if promise is not None and truth.stop(promise) is None else None
