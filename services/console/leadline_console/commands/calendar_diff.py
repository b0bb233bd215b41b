"""`leadline calendar diff`: what differs between two versions of calendars, which open deadlines that would move, and
with `--apply` the order to move them."""

import getpass
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from typing import Annotated

import typer

from leadline_console import options, output
from leadline_console.calendar_changes import changes
from leadline_console.calendar_compared import Compared, data
from leadline_console.calendar_diff_view import draw, draw_applied
from leadline_console.calendar_orders import CalendarOrder, apply
from leadline_console.calendar_versions import FILE, Version, version_named, version_of
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_console.limits import Limit, limit_in
from leadline_runtime.calendar_moves import GROUP, Deadlines, Moves
from leadline_runtime.command_settings import rules_directory

Old = Annotated[
    str,
    typer.Argument(help="A calendars file, a folder with one, or `current`: the one in force.", show_default=False),
]
New = Annotated[
    str | None,
    typer.Argument(help="The same. Left out, the one named is NEW, and OLD is `current`.", show_default=False),
]
Recorded = Annotated[bool, typer.Option("--recorded", help="Look at all open deadlines, in the monitor's database.")]
Days = Annotated[int, typer.Option("--days", min=0, max=3660, help="Show single days that differ so far ahead.")]
Most = Annotated[int, typer.Option("--list", min=0, max=100_000, help="Name so many of the deadlines that move.")]
MaxMoved = Annotated[
    str | None,
    typer.Option(metavar="N|N%", help="Exit code 1, and no order, if more deadlines, or more percent, move."),
]
Apply = Annotated[bool, typer.Option("--apply", help="Order the move, by calendars that are in force; needs --reason.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why they are to move; it stands in the events.")]
EvenBroken = Annotated[bool, typer.Option("--even-broken", help="Order it also if it breaks deadlines at once.")]
Author = Annotated[
    str,
    typer.Option("--author", default_factory=getpass.getuser, help="Who orders it.", show_default="your user name"),
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what becomes of the orders.")]


def diff(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    author: Author,
    old: Old,
    new: New = None,
    *,
    recorded: Recorded = False,
    days: Days = 730,
    most: Most = 20,
    max_moved: MaxMoved = None,
    apply_it: Apply = False,
    reason: Reason = None,
    even_broken: EvenBroken = False,
    wait: Wait = 60,
    as_json: options.Json = False,
) -> None:
    """Show which days and hours differ and, with --recorded, which open deadlines NEW would move, by how much and why.

    Nothing moves by looking, nor by publishing NEW: only by --apply, once NEW is in force. Then each lead that it
    concerns is ordered to be counted anew, with author and reason. Exit code 1 past --max-moved, or if not all applied.
    """
    limit = limit_in(max_moved, "--max-moved", "deadlines")
    before, after = (version_named(old), version_named(new)) if new else (version_of(None), version_named(old))
    if apply_it:
        _may_apply(after, reason)
    deadlines = _deadlines() if recorded or apply_it else None
    moves = deadlines.moves(after.calendars, output.progress) if deadlines else None
    found = _compared(before, after, moves, days, most)
    stopped = _past(limit, max_moved, moves) or (_broken(moves) if apply_it and not even_broken else None)
    if not apply_it or stopped is not None or not as_json:  # JSON is one document
        output.answer(data(found), as_json, lambda console: draw(found, console))
    if stopped is not None:
        raise UserError(stopped, Exit.FAILED)
    if moves is None or deadlines is None or not apply_it:
        return
    # What is due first is ordered first: it must not break by the old calendars while others are ordered.
    leads = list(
        dict.fromkeys(each.lead for each in sorted(moves.moved, key=lambda each: (each.due_before, each.lead)))
    )
    order = CalendarOrder(after.calendars.version, after.calendars.digest, author, reason or "")
    applied = apply(edge, leads, order, deadlines, wait)
    output.answer({**data(found), "applied": applied}, as_json, lambda console: draw_applied(applied, console))
    if not applied.done:
        raise typer.Exit(Exit.FAILED)


def _may_apply(new: Version, reason: str | None) -> None:
    if not (reason or "").strip():
        raise UserError("Give --reason: it stands in the events, for whoever asks why a deadline moved.")
    current = version_of(None).calendars
    if current.digest != new.calendars.digest:
        folder = rules_directory()
        where = f"to {folder / FILE}" if folder else f"as {FILE} into the folder that LEADLINE_RULES_DIR names"
        raise UserError(
            f"Nothing was ordered: in force here are the calendars {current.version} ({current.digest}), not "
            f"{new.calendars.version} ({new.calendars.digest}). Publish them first: put the file {where}, where every "
            "monitor reads it; it is in force within seconds. Then give this command again.",
            Exit.FAILED,
        )


def _deadlines() -> Deadlines:
    entries = list(entry_points(group=GROUP))
    if not entries:
        raise UserError("Nobody here knows the open deadlines: install leadline-sla-monitor beside this command.")
    found: Deadlines = entries[0].load()
    return found


def _compared(before: Version, after: Version, moves: Moves | None, days: int, most: int) -> Compared:
    """Days are compared as far as any deadline lies, and shown from today on."""
    today = (moves.at if moves else datetime.now(UTC)).date()
    last = today + timedelta(days=days)
    moved = moves.moved if moves else []
    margin = timedelta(days=1)  # a zone's date may be another than UTC's
    first_needed = min([today, *(each.start.date() - margin for each in moved)])
    last_needed = max([last, *(max(each.due_before, each.due_at).date() + margin for each in moved)])
    everything = changes(before, after, first_needed, last_needed)
    return Compared(before, after, everything, everything.within(today, last), moves, most)


def _past(limit: Limit | None, written: str | None, moves: Moves | None) -> str | None:
    if limit is None or moves is None:
        return None
    allowed = limit.of(sum(moves.open.values()))
    if len(moves.moved) <= allowed:
        return None
    return f"{len(moves.moved):,} deadlines move: more than {written}, which is {allowed:,} here."


def _broken(moves: Moves | None) -> str | None:
    broken = sum(each.broken for each in moves.moved) if moves else 0
    if not broken:
        return None
    return f"Nothing was ordered: {broken:,} deadlines would be broken at once. If that is meant, add --even-broken."
