"""A simulation for a person: who would get how much, and which leads go otherwise and why."""

import json
import re
import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_route.core.simulation import Simulation
from leadline_route.route_commands.happenings import in_file
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_route.route_commands.simulating import simulated
from leadline_runtime.command_errors import FAILED, USAGE, CommandError
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules_diff import RulesDiff, Tally, distribution

CAUSES = 15


@dataclass(frozen=True, slots=True)
class Question:
    """Which leads (a file, or None: the log), by which rules, against what, how many may change."""

    file: str | None
    rules: Path
    against: Literal["recorded", "current"] | None
    max_share: str | None
    most: int
    kafka: str | None


def show(question: Question, *, as_json: bool) -> None:
    """Simulate and print. Raises RulesError, CommandError; typer.Exit past the share."""
    limit = _limit(question.max_share)
    old, new = rules_of(None), rules_of(question.rules)
    current = (question.against or _usual(question.file)) == "current"
    simulation = Simulation(new.rules, old.rules if current else None)
    tally = simulated(simulation, question.file, question.kafka, question.most, _progress)
    found = RulesDiff(old.ref, new.ref, tally)
    if as_json:
        print(json.dumps(data(found, current=current), indent=2, ensure_ascii=False))
    else:
        draw(found, terminal(), current=current)
    share = tally.changed / tally.leads if tally.leads else 0.0
    if limit is not None and share > limit:
        print(f"{share:.1%} of the decisions change: more than {question.max_share}.", file=sys.stderr)
        raise typer.Exit(FAILED)


def _usual(file: str | None) -> Literal["recorded", "current"]:
    """A scorecard does not say who got the lead: then the rules in force do."""
    if file is None or file == "-":
        return "recorded" if file is None else "current"
    first = next(in_file(file), None)
    return "recorded" if first is not None and first.was is not None else "current"


def _limit(written: str | None) -> float | None:
    if written is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", written.strip())
    if found is None:
        raise CommandError(f"--max-share {written!r} is no percentage, as 2.5%.", USAGE)
    return float(found[1]) / 100


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def data(found: RulesDiff, *, current: bool) -> dict[str, Any]:
    """The comparison for programs."""
    tally = found.tally
    return {
        "against": "current" if current else "recorded",
        "old": found.old.model_dump(),
        "new": found.new.model_dump(),
        "decisions": tally.leads,
        "changed": tally.changed,
        "share": tally.changed / tally.leads if tally.leads else 0.0,
        "left_out": dict(sorted(tally.left_out.items())),
        "distribution": {
            aspect: {"before": distribution(moves, 0), "after": distribution(moves, 1)}
            for aspect, moves in tally.moves.items()
        },
        "causes": dict(tally.causes.most_common()),
        "listed": [
            {"lead_id": each.lead, "changes": {a: list(both) for a, both in each.changes.items()}, "why": each.why}
            for each in tally.listed
        ],
    }


def draw(found: RulesDiff, console: Console, *, current: bool) -> None:
    """Totals, per aspect who has how many before and after, causes, and the first leads that change."""
    tally = found.tally
    before = f"what rules {found.old.version} ({found.old.digest}) decide" if current else "what was decided"
    console.print(Text(f"rules {found.new.version} ({found.new.digest}) against {before}"))
    share = f" ({tally.changed / tally.leads:.1%})" if tally.leads else ""
    console.print(Text(f"{tally.leads:,} decisions taken once more, {tally.changed:,} otherwise{share}", style="bold"))
    for reason, leads in sorted(tally.left_out.items()):
        console.print(Text(f"{leads:,} left out: {reason}"))
    for aspect in tally.moves:
        console.print(_distribution(aspect, tally))
    for cause, leads in tally.causes.most_common(CAUSES):
        console.print(Text(f"  {cause}: {leads:,}"))
    if tally.listed:
        console.print(
            Text("\nthe first that change" if len(tally.listed) < tally.changed else "\nthey are", style="bold")
        )
    for each in tally.listed:
        one, other = each.changes.get("to", ("", ""))
        told = f"{one} → {other}" if one else ", ".join(f"{a} {b} → {c}" for a, (b, c) in each.changes.items())
        console.print(Text(f"  {each.lead}  {told}: {'; '.join(each.why)}"))


def _distribution(aspect: str, tally: Tally) -> Table:
    """How many each got before and after, those with a difference first."""
    moves = tally.moves[aspect]
    before, after = Counter(distribution(moves, 0)), Counter(distribution(moves, 1))
    table = Table(aspect, "before", "after", "difference", box=None, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
    names = dict.fromkeys(chain(before, after))
    for name in sorted(names, key=lambda each: (-abs(after[each] - before[each]), each)):
        by = after[name] - before[name]
        table.add_row(Text(name), f"{before[name]:,}", f"{after[name]:,}", Text(f"{by:+,}" if by else "", "yellow"))
    return table
