"""`leadline sla show`: every clock of one lead.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated
from uuid import UUID

import typer

from leadline_runtime.command_options import AsJson, Kafka

Lead = Annotated[UUID, typer.Argument(help="The lead's id; `leadline tail lead.sla` shows it.", show_default=False)]


def register(sla: typer.Typer) -> None:
    """Add the command to the group."""
    sla.command()(show)


def show(lead: Lead, kafka: Kafka = None, *, as_json: AsJson = False) -> None:
    """Show what was promised to LEAD: how each due time came about, warnings, pauses, the verdict, who answered when.

    From lead.sla. Exit code 4 if nothing was ever promised to it.
    """
    from leadline_sla_monitor.sla_commands.showing import show as show_lead

    show_lead(lead, kafka, as_json=as_json)
