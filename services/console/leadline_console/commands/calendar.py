"""`leadline calendar show | diff`: when a business calendar is open, day by day, and why a day is not as usual."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from leadline_console import options, output
from leadline_console.calendar_days import CalendarDay, Span, days_of
from leadline_console.calendar_versions import version_of
from leadline_console.commands.calendar_diff import diff
from leadline_console.errors import UserError
from leadline_runtime.core.matchers import closest

WEEK = 7

Name = Annotated[str | None, typer.Argument(help="The calendar.", show_default="the company's default")]
Week = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Any day of the first week to show.", show_default="this week"),
]
Weeks = Annotated[int, typer.Option(min=1, max=106, help="How many weeks.")]
File = Annotated[
    Path | None,
    typer.Option("--file", help="A calendars file that is not published yet.", show_default="what the services read"),
]


def register(app: typer.Typer) -> None:
    """Add `calendar` to the command."""
    calendar = typer.Typer(
        help="The business calendars that promises are counted in, and what other ones would move.",
        no_args_is_help=True,
    )
    calendar.command()(show)
    calendar.command()(diff)
    app.add_typer(calendar, name="calendar")


def show(
    name: Name = None, week: Week = None, weeks: Weeks = 1, file: File = None, as_json: options.Json = False
) -> None:
    """Show the opening hours of each day: by the clock on the wall, in UTC, how long, and why a day is not as usual.

    Holidays are named, changes of clocks too. Exit code 2 if there is no such calendar or its file is wrong.
    """
    version = version_of(file)
    calendars = version.calendars
    known = calendars.default.name if name is None else name
    if known not in calendars:
        raise UserError(f"There is no calendar {known!r}; {closest(known, frozenset(calendars))}")
    calendar = calendars[known]
    day = week.date() if week is not None else datetime.now(UTC).astimezone(calendar.zone).date()
    monday = day - timedelta(days=day.weekday())
    days = list(islice(days_of(calendar, version.written.calendars[known].holidays_by_date(), monday), weeks * WEEK))
    title = f"{known} in {calendar.zone.key}, version {calendar.version}"
    output.answer(_data(title, days), as_json, lambda console: _draw(title, days, console))


def _data(title: str, days: Sequence[CalendarDay]) -> Mapping[str, object]:
    return {"calendar": title, "days": [{"weekday": each.weekday, **_fields(each)} for each in days]}


def _fields(each: CalendarDay) -> Mapping[str, object]:
    seconds = each.open // timedelta(seconds=1)
    return {"day": each.day, "hours": each.hours, "utc": each.utc, "open_seconds": seconds, "why": each.why}


def _draw(title: str, days: Sequence[CalendarDay], console: Console) -> None:
    table = Table("day", "open", "in UTC", title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("for", justify="right")
    table.add_column("why")
    for each in days:
        if each.weekday == "Mon" and each is not days[0]:
            table.add_section()
        colour = "dim" if not each.open else None
        hours = ", ".join(each.hours) or "closed"
        table.add_row(
            f"{each.weekday} {each.day}", hours, ", ".join(_utc(span, each.day) for span in each.utc),
            _length(each.open), each.why, style=colour,
        )  # fmt: skip
    console.print(table)
    console.print(f"open {_length(sum((each.open for each in days), timedelta()))} in all")


def _utc(span: Span, day: date) -> str:
    """From when to when; the date beside a time that is of another day."""
    return "-".join(f"{at:%H:%M}" if at.date() == day else f"{at:%d %b %H:%M}" for at in span)


def _length(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes % 60 else f"{minutes // 60} h"
