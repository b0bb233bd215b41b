"""A comparison of two versions of calendars, and what became of orders to move deadlines by it, for a person."""

from datetime import timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console.calendar_changes import CalendarChange, Changes, hours_in_words
from leadline_console.calendar_compared import Compared, by_calendar, named
from leadline_console.calendar_orders import Applied
from leadline_runtime.calendar_moves import Moves

AT = "%Y-%m-%d %H:%MZ"


def draw(found: Compared, console: Console) -> None:
    """What differs day by day, then which deadlines move, by how much and why."""
    old, new = named(found.old), named(found.new)
    console.print(Text(f"old {old['version']} ({old['digest']}), new {new['version']} ({new['digest']})"))
    _draw_changes(found.shown, console)
    if found.moves is None:
        console.print("\nDeadlines were not looked at: --recorded does, in the monitor's database.")
    else:
        _draw_moves(found, found.moves, console)


def draw_applied(applied: Applied, console: Console) -> None:
    """What became of the orders."""
    told = applied.standing
    console.print(f"\n{applied.ordered:,} of {applied.leads:,} leads ordered, {told['applied']:,} applied")
    for why, leads in sorted(applied.refused.items()):
        console.print(Text(f"  {leads:,} refused at the door: {why}", style="red"))
    words = {
        "waiting": "wait: their monitor has not loaded these calendars yet, and looks again for an hour",
        "refused": "were given up: their monitor did not load these calendars within an hour",
        "merged": "became part of other leads meanwhile, which have their deadlines and the order",
        "unread": "are not read by the monitor yet (or the lead is kept apart): `leadline lag` shows how far it is",
    }
    for state, text in words.items():
        if told[state]:
            console.print(Text(f"  {told[state]:,} {text}", style="yellow"))


def _draw_changes(changes: Changes, console: Console) -> None:
    if not (changes.calendars or changes.added or changes.removed):
        console.print("Every calendar is open at the same times in both.")
    for name in changes.added:
        console.print(Text(f"{name}: is new", style="green"))
    for name in changes.removed:
        console.print(Text(f"{name}: is no longer there; deadlines counted by it stay", style="yellow"))
    for change in changes.calendars.values():
        _draw_change(change, console)


def _draw_change(change: CalendarChange, console: Console) -> None:
    console.print(Text(f"{change.name}:", style="bold"))
    if change.zone:
        console.print(Text(f"  zone {change.zone[0]} → {change.zone[1]}"))
    for each in change.weekly:
        console.print(f"  every {each.weekday}: {hours_in_words(each.before)} → {hours_in_words(each.after)}")
    for day in change.days:
        why = f"  {day.why}" if day.why else ""
        hours = f"{hours_in_words(day.before)} → {hours_in_words(day.after)}"
        console.print(Text(f"  {day.day:%a %Y-%m-%d}: {hours}{why}"))


def _draw_moves(found: Compared, moves: Moves, console: Console) -> None:
    total = sum(moves.open.values())
    console.print(Text(f"\n{total:,} open deadlines of {moves.leads:,} leads, {len(moves.moved):,} move", style="bold"))
    for name, summary in by_calendar(moves.moved).items():
        console.print(
            f"  {name}: {summary['moved']:,} of {moves.open[name]:,} move, "
            f"{by_in_words(summary['earliest'])} to {by_in_words(summary['latest'])}"
        )
    for name, deadlines in sorted(moves.stay.items()):
        console.print(Text(f"  {name}: {deadlines:,} stay, there is no such calendar in new", style="yellow"))
    if broken := sum(each.broken for each in moves.moved):
        console.print(Text(f"  {broken:,} would be broken at once: by new they are due already", style="red"))
    for version, leads in sorted(moves.waiting.items()):
        console.print(f"  {leads:,} leads are ordered to move to {version}, which their monitor has not loaded")
    if moves.unreadable:
        console.print(Text(f"  {moves.unreadable:,} leads cannot be read", style="red"))
    if moves.moved:
        console.print(_table(found))
    if len(moves.moved) > found.most:
        console.print(f"and {len(moves.moved) - found.most:,} more; --list N names more of them")


def _table(found: Compared) -> Table:
    table = Table("lead", "target", "owner", "due", "would be due", "by", "because", box=None, padding=(0, 1))
    for each in found.listed:
        target = f"{each.policy}: {each.target}" if each.policy and each.clock == "customer" else each.target
        by = "broken at once" if each.broken else by_in_words(each.by)
        table.add_row(
            str(each.lead), target, each.owner or "", f"{each.due_before:{AT}}", f"{each.due_at:{AT}}",
            Text(by, style="red" if each.broken else ""), Text("; ".join(found.why(each))),
        )  # fmt: skip
    return table


def by_in_words(by: timedelta) -> str:
    """`24 h later`, `30 min earlier`, `warnings only`"""
    if not by:
        return "warnings only"
    seconds = abs(by) // timedelta(seconds=1)
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    told = " ".join(f"{number} {unit}" for number, unit in parts if number) or "under 1 s"
    return f"{told} {'later' if by > timedelta() else 'earlier'}"
