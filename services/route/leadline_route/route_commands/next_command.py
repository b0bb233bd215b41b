"""`leadline route next`: whose turn is next in a pool.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_route.route_commands.options import At, Rules
from leadline_runtime.command_options import AsJson

Pool = Annotated[str, typer.Argument(help="A pool of team.yaml.", show_default=False)]
Number = Annotated[int, typer.Option("--n", "-n", min=1, max=10_000, help="So many turns.")]
Skill = Annotated[list[str] | None, typer.Option("--skill", help="For leads that need this skill; repeatable.")]
Segment = Annotated[
    list[str] | None, typer.Option("--segment", help="For leads of this segment of routing.yaml; repeatable.")
]


def register(route: typer.Typer) -> None:
    """Add the command to the group."""
    route.command("next")(next_)


def next_(  # noqa: PLR0913, PLR0917 - one parameter an option
    pool: Pool,
    n: Number = 20,
    at: At = None,
    skill: Skill = None,
    segment: Segment = None,
    rules: Rules = None,
    as_json: AsJson = False,
) -> None:
    """Show who would get the next leads of POOL, were they all to come now: dealt in thought, nothing is changed.

    From the balances, loads and caps of route's tables, by the rules in force; without a database from nothing owed.
    Leads of owners, which are no turns, are not thought of. Exit code 4 if there is no such pool or segment.
    """
    from leadline_route.route_commands.next_turns import Question, show
    from leadline_runtime.command_instants import instant_in

    skills, segments = frozenset(skill or ()), tuple(segment or ())
    show(Question(pool, n, instant_in(at or "now", "--at"), skills, segments, rules), as_json=as_json)
