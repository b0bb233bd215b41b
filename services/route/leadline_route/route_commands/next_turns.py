"""The coming turns of a pool, from the balances and loads that route holds."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_route.core.candidates import Need
from leadline_route.core.coming_turns import Turn, coming_turns
from leadline_route.core.roster import Counts, Load
from leadline_route.route_commands.route_tables import roster_rows, with_tables
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_routed import AT
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass

MOST_COLUMNS = 8  # balances of more members are told by --json alone
Rows = tuple[Mapping[str, Load], Mapping[str, Counts]]


@dataclass(frozen=True, slots=True)
class Question:
    """Of which pool, how many, when, with which skills, in which segments, by which rules (None: those in force)."""

    pool: str
    number: int
    at: datetime
    skills: frozenset[str]
    segments: tuple[str, ...]
    rules: Path | None


def show(question: Question, *, as_json: bool) -> None:
    """Print the turns. Raises RulesError, CommandError."""
    book = rules_of(question.rules).rules
    team, segments = book.team, [name for name, _ in book.segments]
    if strange := sorted(set(question.segments) - set(segments)):
        known = f"known: {', '.join(segments)}" if segments else "routing.yaml has none"
        raise CommandError(f"There is no segment {strange[0]}; {known}.", NOT_FOUND)
    if question.pool not in team.pools:
        raise CommandError(f"There is no pool {question.pool}; known: {', '.join(sorted(team.pools))}.", NOT_FOUND)
    rows, note = _rows()
    pool = team.pools[question.pool]
    coming = coming_turns(team, pool, *rows, Need(question.at, question.skills, segments=question.segments))
    turns = list(islice(coming, question.number))
    if as_json:
        print(json.dumps(data(question, turns, note), indent=2, ensure_ascii=False))
    else:
        draw(question, turns, note, terminal())


def _rows() -> tuple[Rows, str | None]:
    try:
        return with_tables(roster_rows), None
    except CommandError as error:
        return ({}, {}), f"As if nothing were owed and nobody had a lead: {error}"


def data(question: Question, turns: Sequence[Turn], note: str | None) -> dict[str, Any]:
    """The turns for programs."""
    told = [
        {
            "turn": turn.number,
            "at": turn.at.isoformat(),
            "member": turn.selection.winner,
            "why": _why(turn),
            "balance_before": {member: str(owed) for member, owed in turn.selection.before.items()},
            "balance_after": {member: str(owed) for member, owed in turn.selection.after.items()},
            "passed_over": {each.id: each.why for each in turn.selection.candidates if not each.chosen},
        }
        for turn in turns
    ]
    return {"pool": question.pool, "at": question.at.isoformat(), "note": note, "turns": told}


def draw(question: Question, turns: Sequence[Turn], note: str | None, console: Console) -> None:
    """A line a turn, the balances after it, and how many each gets."""
    members = list(turns[0].selection.after) if turns else []
    shown = members if len(members) <= MOST_COLUMNS else []
    table = Table("turn", "at", "to", "why", *shown, box=None, padding=(0, 1))
    for turn in turns:
        at = f"{turn.at:{AT}}{' (nobody before)' if turn.waited else ''}"
        owed = [str(turn.selection.after[member]) for member in shown]
        table.add_row(str(turn.number), at, Text(turn.selection.winner or "", style="bold"), Text(_why(turn)), *owed)
    if turns:
        console.print(table)
        got = Counter(turn.selection.winner for turn in turns)
        console.print(
            Text("in all: " + ", ".join(f"{member} {got[member]}" for member in members if got[member]), style="bold")
        )
    if len(turns) < question.number:
        console.print(f"After {len(turns)} turns nobody of {question.pool} can have another, however long it waits.")
    if note:
        console.print(Text(note, style="yellow"))


def _why(turn: Turn) -> str:
    return next(each.why for each in turn.selection.candidates if each.chosen)
