"""`leadline route ledger`: turns given, passed over and given back.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_runtime.command_options import AsJson, Kafka

Since = Annotated[
    str | None,
    typer.Option("--since", help="Only what was decided at this instant or day, or later.", show_default="all of it"),
]
OfPool = Annotated[str | None, typer.Option("--pool", help="Only this pool.")]
Check = Annotated[
    bool,
    typer.Option("--check", help="Compare the balances that follow with route's tables; exit code 1 if any differs."),
]


def register(route: typer.Typer) -> None:
    """Add the command to the group."""
    route.command()(ledger)


def ledger(
    since: Since = None, pool: OfPool = None, kafka: Kafka = None, *, check: Check = False, as_json: AsJson = False
) -> None:
    """Show per pool and member the turns given, passed over (absent, off shift, cap) and given back, and leads owed.

    Replayed from the decisions in lead.routed. Owner matches and leads given by hand, which are no turns, stand apart.
    """
    from leadline_route.route_commands.ledger_show import Question, show
    from leadline_runtime.command_errors import USAGE, CommandError
    from leadline_runtime.command_instants import instant_in

    if check and since is not None:
        raise CommandError("--check needs all decisions: leave --since out.", USAGE)
    show(Question(instant_in(since, "--since") if since else None, pool, kafka, check), as_json=as_json)
