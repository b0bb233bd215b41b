"""`leadline team show`: who is on duty, what each has and what each is owed.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_route.route_commands.options import At, Rules
from leadline_runtime.command_options import AsJson

Member = Annotated[
    str | None, typer.Argument(metavar="[MEMBER]", help="Only this one, in full.", show_default="everybody")
]
OfPool = Annotated[str | None, typer.Option("--pool", help="Only the members of this pool.")]


def register(team: typer.Typer) -> None:
    """Add the command to the group."""
    team.callback()(_nothing)  # a group of one command is a group all the same
    team.command()(show)


def _nothing() -> None:
    """Who is who and who is there."""


def show(
    member: Member = None, pool: OfPool = None, at: At = None, rules: Rules = None, as_json: AsJson = False
) -> None:
    """Show who is on duty now and until when, local time, open leads, caps used, absences, leads owed per pool.

    Hours and caps are those of the rules files; what is used of them stands in route's tables: without a database the
    files alone are told, and it is said. Exit code 4 if there is no such member or pool.
    """
    from leadline_route.route_commands.team_show import Question
    from leadline_route.route_commands.team_show import show as show_team
    from leadline_runtime.command_instants import instant_in

    show_team(Question(member, pool, instant_in(at or "now", "--at"), rules), as_json=as_json)
