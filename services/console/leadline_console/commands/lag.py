"""`leadline lag`: how far each service is behind."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from leadline_console import options, output
from leadline_console.errors import UserError
from leadline_console.lag import TopicLag, read_lag, reads
from leadline_schemas.topics import SERVICES

Service = Annotated[
    list[str] | None, typer.Argument(help="Services to look at.", show_default="all", autocompletion=lambda: SERVICES)
]


def register(app: typer.Typer) -> None:
    """Add `lag` to the command."""
    app.command()(lag)


def lag(
    kafka: options.Kafka,
    services: Service = None,
    as_json: options.Json = False,
) -> None:
    """Show how many records, and how many seconds, each service is behind what was written for it."""
    for name in services or ():
        if name not in SERVICES:
            raise UserError(f"No service {name!r}; there are {', '.join(SERVICES)}.")
    options.await_kafka(kafka)
    found = read_lag(kafka, datetime.now(UTC), reads(services or SERVICES))
    output.answer([vars(one) for one in found], as_json, lambda console: _draw(found, console))


def _draw(found: list[TopicLag], console: Console) -> None:
    table = Table("service", "reads", box=None, pad_edge=False)
    for heading in ("records behind", "seconds behind", "instances"):
        table.add_column(heading, justify="right")
    for one in found:
        colour = "red" if one.seconds > 60 or not one.members else "yellow" if one.records else "green"
        records = str(one.records) if one.committed or one.records else "– (never read)"
        table.add_row(one.service, one.topic, f"[{colour}]{records}[/]", f"{one.seconds:.0f}", str(one.members))
    console.print(table)
