"""`leadline route simulate`: who would get what by other rules.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated, Literal

import typer

from leadline_runtime.command_options import AsJson, Kafka

File = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE]",
        help="lead.scored or lead.routed events, one a line as JSON, or as `leadline tail --json --pii` shows them; "
        "- reads stdin.",
        show_default=False,
    ),
]
Recorded = Annotated[bool, typer.Option("--recorded", help="All that route has decided, from the topic lead.routed.")]
New = Annotated[
    Path,
    typer.Option(
        "--rules", help="A team.yaml or routing.yaml to try, or a folder with them; the rest is as it is in force.",
        show_default=False,
    ),
]  # fmt: skip
MaxShare = Annotated[
    str | None, typer.Option("--max-share", metavar="N%", help="Exit code 1 if more of the decisions change.")
]
Against = Annotated[
    Literal["recorded", "current"] | None,
    typer.Option(
        help="Compare with what was decided, or with what the rules in force would decide now.",
        show_default="recorded; current for a FILE of scorecards",
    ),
]
Most = Annotated[int, typer.Option("--list", min=0, max=100_000, help="Name so many of the leads that change.")]


def register(route: typer.Typer) -> None:
    """Add the command to the group."""
    route.command()(simulate)


def simulate(  # noqa: PLR0913 - one parameter an option
    file: File = None,
    *,
    rules: New,
    recorded: Recorded = False,
    against: Against = None,
    max_share: MaxShare = None,
    most: Most = 20,
    kafka: Kafka = None,
    as_json: AsJson = False,
) -> None:
    """Route leads once more by other rules, and tell who would get what. Nothing is changed or sent.

    In the order of time, each at the instant at which it was routed, with balances, caps and open leads simulated
    along; what a person decided stays. Exit code 1 past --max-share, 2 if a file must not be used.
    """
    from leadline_route.route_commands.simulation_view import Question, show
    from leadline_runtime.command_errors import USAGE, CommandError

    if (file is None) == (not recorded):
        raise CommandError("Say which leads: FILE, or --recorded for all that route has decided.", USAGE)
    show(Question(file, rules, against, max_share, most, kafka), as_json=as_json)
