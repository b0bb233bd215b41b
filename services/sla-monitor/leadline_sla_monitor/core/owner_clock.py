"""The owner's clock: one for each assignment, by the policy of the newest cycle that was routed with it."""

from collections.abc import Mapping
from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_sla_monitor.core.advance import Change
from leadline_sla_monitor.core.arming import Arming
from leadline_sla_monitor.core.cycle import Cycle
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.core.routing import Routing
from leadline_sla_monitor.core.truth import Truth

Clock = tuple[tuple[Promise, ...], list[Promise], list[Change]]


def with_owner(arming: Arming, truth: Truth, numbers: Mapping[UUID, int]) -> Clock:
    """The promises as they were, the clock of the current assignment if it is new, and what changed of a running one.

    Without an owner, or with a manager to whom it was escalated, there is none.
    """
    promises = truth.known.promises
    routing = truth.known.routings[-1] if truth.known.routings else None
    if routing is None or routing.outcome != "person" or routing.escalated or routing.owner is None:
        return promises, [], []
    cycle = _cycle(_assigned(routing, truth), truth)
    running = next((p for p in promises if p.clock == "owner" and p.assignment == routing.assignment), None)
    if cycle is None or (running is not None and (running.cycle == cycle.id or not running.undecided)):
        return promises, [], []
    wanted = arming.owner(cycle, numbers.get(cycle.id, 1), routing)
    if wanted is None:
        return promises, [], []
    if running is not None:
        moved, changes = _moved(running, wanted, arming)
        return tuple(moved if p is running else p for p in promises), [], changes
    stop = truth.stop(wanted)
    over_before = stop is not None and stop.at < wanted.start  # answered before it was assigned
    return promises, [] if over_before else [wanted], []


def _assigned(routing: Routing, truth: Truth) -> Routing:
    """The outcome by which the owner got the lead: what changed of it since (its territory) is no new assignment."""
    return next(each for each in truth.known.routings if each.assignment == routing.assignment)


def _cycle(routing: Routing, truth: Truth) -> Cycle | None:
    """The newest cycle whose request was routed with this assignment or before."""
    found = [
        cycle for cycle in truth.cycles.values()
        if cycle.id == cycle.asked.id and cycle.asked.routed_at is not None and cycle.asked.routed_at <= routing.at
    ]  # fmt: skip
    return found[-1] if found else None


def _moved(running: Promise, wanted: Promise, arming: Arming) -> tuple[Promise, list[Change]]:
    """The clock after an answer read late showed that it belongs to another cycle; told if that moves its due time.

    What was told of its end is taken back by that, so it is open, and its end is told anew where it still holds.
    """
    moved = replace(
        running, cycle=wanted.cycle, number=wanted.number, policy=wanted.policy, duration=wanted.duration,
        due_at=wanted.due_at, received_at=wanted.received_at, unpaused_due=None, counted_from=None,
    )  # fmt: skip
    if moved.due_at == (running.unpaused_due or running.due_at):
        return replace(
            moved, due_at=running.due_at, unpaused_due=running.unpaused_due, counted_from=running.counted_from
        ), []
    identity = moved.event_id("armed", running.turn, wanted.cycle)
    anew = replace(
        moved, status="open", answered=None, stopped=None, told=None, turn=running.turn + 1,
        pauses=tuple(replace(each, counted=False, moves=False) for each in running.pauses),  # to be counted anew
    )  # fmt: skip
    return anew, [Change("armed", identity, arming.now, anew, supersedes=running.told)]
