"""The board for a person, and for programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadline_sla_monitor.sla_commands.board import SOON, Board, Line
from leadline_sla_monitor.sla_commands.words import at, countdown, lasting

LINES_BESIDES = 11  # headings, and empty lines between


def drawn(found: Board, most_owners: int | None = None) -> RenderableType:
    """Overdue first: that is what is to be done; then what is due next, then who has how much of it (None: all)."""
    head = Text(f"Promises to customers as of {at(found.now.replace(microsecond=0))}", style="bold")
    parts: list[RenderableType] = [head, Text()]
    if found.overdue_leads:
        more = f", the first {len(found.overdue)}" if len(found.overdue) < found.overdue_leads else ""
        leads = "lead is" if found.overdue_leads == 1 else "leads are"
        parts += [Text(f"{found.overdue_leads:,} {leads} overdue{more}", style="bold red")]
        parts += [_table(found.overdue, found.now), Text()]
    else:
        parts += [Text("Nobody is overdue.", style="green"), Text()]
    if found.due:
        parts += [Text("Due next", style="bold"), _table(found.due, found.now), Text()]
    else:
        by = f" by {at(found.read_up_to.replace(microsecond=0))}; later ones were not read" if found.read_up_to else ""
        parts += [Text(f"Nothing is due{by}.", style="green"), Text()]
    if found.owners:
        parts.append(_owners(found, most_owners))
    return Group(*parts)


def data(found: Board) -> dict[str, Any]:
    """The board for programs: times in UTC, seconds left to a due time (below 0: over)."""
    return {
        "as_of": found.now.isoformat(),
        "overdue_leads": found.overdue_leads,
        "overdue": [_line(line, found.now) for line in found.overdue],
        "due_next": [_line(line, found.now) for line in found.due],
        "by_owner": {
            owner: {
                "overdue_leads": each.overdue,
                "overdue_since": each.since.isoformat() if each.since else None,
                "due_within_the_hour": each.soon,
            }
            for owner, each in found.owners.items()
        },
        "read_up_to": found.read_up_to.isoformat() if found.read_up_to else None,
    }


def _line(line: Line, now: datetime) -> dict[str, Any]:
    return {
        "lead_id": str(line.lead_id),
        "policy": line.policy,
        "target": line.target,
        "owner": line.owner,
        "start": line.start.isoformat(),
        "due_at": line.due_at.isoformat(),
        "left_s": (line.due_at - now).total_seconds(),
        "warned": line.warned,
        "stands_still_until": line.stands_still_until.isoformat() if line.stands_still_until else None,
    }


def _table(lines: Sequence[Line], now: datetime) -> Table:
    table = Table("", "due", "owner", "policy", "target", "warned", "lead", box=None, padding=(0, 1))
    table.columns[0].justify = "right"
    for line in lines:
        warned = f"{line.warned} %" if line.warned else ""
        if line.stands_still_until is not None:
            warned = f"stands still until {at(line.stands_still_until)}"
        table.add_row(
            countdown(line.due_at, now), at(line.due_at.replace(microsecond=0)), Text(line.owner or "nobody"),
            line.policy, line.target, warned, str(line.lead_id),
        )  # fmt: skip
    return table


def _owners(found: Board, most: int | None) -> Table:
    complete = found.read_up_to is None or found.read_up_to >= found.now + SOON
    within = "due within the hour" if complete else f"due by {at(found.read_up_to)}" if found.read_up_to else ""
    table = Table("owner", "overdue", "longest", within, box=None, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
    for owner, each in list(found.owners.items())[:most]:
        longest = lasting(float(int((found.now - each.since).total_seconds()))) if each.since else ""
        table.add_row(
            Text(owner, style="red" if each.overdue else ""), f"{each.overdue:,}" if each.overdue else "", longest,
            f"{each.soon:,}" if each.soon else "",
        )  # fmt: skip
    return table


def rows_that_fit(height: int) -> int:
    """How many rows each of the three tables may have on a screen of so many lines."""
    return max((height - LINES_BESIDES) // 3, 3)
