"""Coverage for a person: a table of hours for each need in which somebody is missing."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_route.core.coverage import HOUR, Coverage, coverage, part
from leadline_route.route_commands.rules_in_force import rules_of
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import RulesRef

NOTHING, FULL, PARTLY, MISSING = "·", "#", "-", "!"
LEGEND = f"{FULL} somebody is there   {PARTLY} not all of the hour   {MISSING} nobody   {NOTHING} closed"
STYLES = {NOTHING: "dim", FULL: "green", PARTLY: "yellow", MISSING: "bold red"}


@dataclass(frozen=True, slots=True)
class Question:
    """How many days from when on, by which rules (None: those in force); `every`: tables of all needs."""

    days: int
    at: datetime
    rules: Path | None
    every: bool


def show(question: Question, *, as_json: bool) -> None:
    """Print it. Raises RulesError, CommandError."""
    loaded = rules_of(question.rules)
    found = coverage(loaded.rules, question.at, question.at + timedelta(days=question.days))
    if as_json:
        print(json.dumps(data(found, loaded.ref), indent=2, ensure_ascii=False))
    else:
        draw(found, question, terminal())


def data(found: Sequence[Coverage], rules: RulesRef) -> dict[str, Any]:
    """The answer for programs."""
    return {
        "rules": rules.model_dump(),
        "needs": [
            {
                "rule": each.need.rule,
                "territory": each.need.territory,
                "skill": each.need.skill,
                "pools": list(each.need.pools),
                "calendar": each.need.calendar.name,
                "open_hours": sum((end - start for start, end in each.opened), timedelta(0)) / HOUR,
                "uncovered_hours": each.missing / HOUR,
                "uncovered": [{"from": start.isoformat(), "to": end.isoformat()} for start, end in each.uncovered],
            }
            for each in found
        ],
    }


def draw(found: Sequence[Coverage], question: Question, console: Console) -> None:
    """How much is missing for each need, then the hours."""
    gaps = [each for each in found if each.uncovered]
    days = f"{question.days} days from {question.at:%Y-%m-%d %H:%MZ}"
    told = f"{len(gaps)} of {len(found)} needs have open hours without anybody" if gaps else "somebody is always there"
    console.print(Text(f"{days}: {told}", style="bold"))
    table = Table("rule", "territory", "skill", "pools", "open", "nobody", "first at", box=None, padding=(0, 1))
    for each in found:
        need, opened = each.need, sum((end - start for start, end in each.opened), timedelta(0))
        zone = need.calendar.zone
        first = f"{each.uncovered[0][0].astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if each.uncovered else ""
        table.add_row(
            need.rule or "owners away", need.territory or "", need.skill or "", ", ".join(need.pools),
            f"{opened / HOUR:.4g} h", f"{each.missing / HOUR:.4g} h" if each.uncovered else "", first,
            style="red" if each.uncovered else "",
        )  # fmt: skip
    console.print(table)
    for each in found if question.every else gaps:
        _hours(each, console)
    if gaps or question.every:
        console.print(f"\n{LEGEND}")


def _hours(each: Coverage, console: Console) -> None:
    zone = each.need.calendar.zone
    console.print(Text(f"\n{each.need.name}, hours of {zone.key}", style="bold"))
    console.print(Text("                " + "".join(f"{hour:<3}" for hour in range(0, 24, 1))[: 24 * 3], style="dim"))
    for day in _days(each):
        line = Text(f"{day:%a %Y-%m-%d}  ")
        for hour in range(24):
            mark = hour_mark(each, day.replace(hour=hour))
            line.append(f"{mark:<3}", style=STYLES[mark])
        console.print(line)


def _days(each: Coverage) -> list[datetime]:
    """The local midnights of the days that the coverage touches."""
    zone = each.need.calendar.zone
    day, found = each.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0), []
    while day < each.end.astimezone(zone):
        found.append(day)
        day = (day + timedelta(days=1)).replace(tzinfo=zone)
    return found


def hour_mark(each: Coverage, hour: datetime) -> str:
    """One local hour: closed, somebody there, nobody, or nobody for a part of it."""
    start = hour.astimezone(each.start.tzinfo)
    opened, missing = (part(spans, start, start + HOUR) for spans in (each.opened, each.uncovered))
    if not opened:
        return NOTHING
    return FULL if not missing else MISSING if missing == opened else PARTLY
