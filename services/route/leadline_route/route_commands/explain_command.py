"""`leadline route explain`: how a lead came to whom it has.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated
from uuid import UUID

import typer

from leadline_runtime.command_options import AsJson, Kafka, Pii

Lead = Annotated[UUID, typer.Argument(help="The lead's id; `leadline tail lead.routed` shows it.", show_default=False)]


def register(route: typer.Typer) -> None:
    """Add the command to the group."""
    route.command()(explain)


def explain(lead: Lead, kafka: Kafka = None, *, pii: Pii = False, as_json: AsJson = False) -> None:
    """Show each routing decision about LEAD: the rules tried, every candidate with its numbers, who moved it and why.

    Last comes where it stands now, with the commands that were refused and why. Exit code 4 if route does not know it.
    """
    from leadline_route.route_commands.explaining import show

    show(lead, kafka, pii=pii, as_json=as_json)
