"""Leads routed once more by other rules: counted as `leadline rules diff` counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable

from leadline_route.core.simulation import Happening, Settled, Simulation
from leadline_route.core.turn_order import TurnOrder
from leadline_route.route_commands.happenings import in_file, recorded
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_route.route_commands.simulation_words import compared
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.rules_diff import DiffOrder, Progress, RulesDiff, Tally

TELL_EVERY = 10_000  # decisions
RULE = "rule"


def compare_rules(order: DiffOrder) -> RulesDiff:
    """Route the same leads by both: route's part of `leadline rules diff`. Raises RulesError, CommandError."""
    if order.as_of is not None:
        raise CommandError("--as-of is not for routing: each lead is routed at the instant at which it was.", USAGE)
    old, new = rules_of(order.old), rules_of(order.new)
    simulation = Simulation(new.rules, old.rules)
    return RulesDiff(old.ref, new.ref, simulated(simulation, order.over, None, order.most, order.progress))


def simulated(simulation: Simulation, file: str | None, kafka: str | None, most: int, progress: Progress) -> Tally:
    """All happenings of the file, or of the log if None. Raises CommandError, RulesError for a line that is none."""
    tally = Tally(most)
    asyncio.run(_over(simulation, _happenings(file, kafka, tally.left_out), tally, progress))
    tally.left_out.update(simulation.left_out)
    return tally


async def _happenings(file: str | None, kafka: str | None, left_out: Counter[str]) -> AsyncIterator[Happening]:
    if file is None:
        async for each in recorded(kafka, left_out):
            yield each
    else:
        for each in in_file(file):
            yield each


async def _over(simulation: Simulation, happenings: AsyncIterator[Happening], tally: Tally, progress: Progress) -> None:
    order = TurnOrder()
    async for happening in happenings:
        for each in order.put(happening):
            _add_all(tally, simulation.happen(each), progress)
    for each in order.end():
        _add_all(tally, simulation.happen(each), progress)
    for settled in simulation.end():
        _add(tally, settled)


def _add_all(tally: Tally, found: Iterable[Settled], progress: Progress) -> None:
    for settled in found:
        _add(tally, settled)
        if tally.leads % TELL_EVERY == 0:
            progress(f"{tally.leads:,} decisions taken once more, {tally.changed:,} otherwise")


def _add(tally: Tally, settled: Settled) -> None:
    tally.add(compared(settled))
    # Told, but no change by itself: the same person by another rule.
    tally.moves.setdefault(RULE, Counter())[settled.before.rule, settled.after.rule] += 1
