"""`leadline route coverage`: the hours in which nobody is there.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_route.route_commands.options import At, Rules
from leadline_runtime.command_options import AsJson

Days = Annotated[int, typer.Option("--days", min=1, max=62, help="So many days ahead.")]
All = Annotated[bool, typer.Option("--all", help="A table of hours for every need, also without any gap.")]


def register(route: typer.Typer) -> None:
    """Add the command to the group."""
    route.command()(coverage)


def coverage(
    days: Days = 7, at: At = None, rules: Rules = None, *, every: All = False, as_json: AsJson = False
) -> None:
    """Show for which rules, territories and languages nobody is on duty in open hours of the coming days.

    By the rules files alone: working hours, holidays, absences, skills. Open hours are those of the territory's
    calendar; that nobody works at night is no gap. A table of hours shows each need with a gap, in the calendar's zone.
    """
    from leadline_route.route_commands.coverage_show import Question, show
    from leadline_runtime.command_instants import instant_in

    show(Question(days, instant_in(at or "now", "--at"), rules, every), as_json=as_json)
