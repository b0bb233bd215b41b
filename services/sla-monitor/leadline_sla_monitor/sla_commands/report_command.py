"""`leadline sla report`: how promises were kept, and how fast leads were answered.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from typing import Annotated

import typer

from leadline_runtime.command_options import AsJson, Kafka


class Grouping(StrEnum):
    """What the rows are."""

    POLICY = "policy"
    OWNER = "owner"
    SOURCE = "source"


Since = Annotated[
    str, typer.Option("--since", help="From this instant or day on, or so long ago: 2026-03-01, 7d, 12h.")
]
Until = Annotated[str, typer.Option("--until", help="Before this instant or day.")]
Contact = Annotated[
    bool, typer.Option("--contact", help="Tell the contact rate too, from lead.routed and lead.activity; slower.")
]
By = Annotated[Grouping, typer.Option("--by", help="A row for each policy and target, owner, or source.")]


def register(sla: typer.Typer) -> None:
    """Add the command to the group."""
    sla.command()(report)


def report(
    since: Since = "7d", until: Until = "now", by: By = Grouping.POLICY, kafka: Kafka = None, *,
    contact: Contact = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show compliance by due time, speed to lead with its parts, pauses, in a window of time.

    From lead.sla, of which it reads the window and some weeks before it. Promises without a verdict are told apart; a
    lead that still waits counts as slower than all that were answered. Test leads, canaries, spam and imports are in
    none of it.
    """
    from leadline_runtime.command_errors import USAGE, CommandError
    from leadline_runtime.command_instants import instant_in
    from leadline_sla_monitor.sla_commands.clock_of_database import pipeline_now
    from leadline_sla_monitor.sla_commands.reporting import Question, show

    now = pipeline_now()
    begin, end = instant_in(since, "--since", now), min(instant_in(until, "--until", now), now)
    if begin >= end:
        raise CommandError(f"--since {since} is not before --until {until} and before now: nothing lies there.", USAGE)
    show(Question(begin, end, by.value, kafka, now, contact), as_json=as_json)
