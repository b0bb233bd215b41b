"""Options that several of these commands have."""

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pii = Annotated[bool, typer.Option("--pii", help="Show personal data as well.")]
Kafka = Annotated[
    str | None,
    typer.Option(
        "--kafka",
        help="Bootstrap servers, host:port[,host:port].",
        show_default="LEADLINE_KAFKA, else the local stack's, else 127.0.0.1:9092",
    ),
]
At = Annotated[str | None, typer.Option("--at", help="As of this instant or day instead of now.", show_default="now")]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        help="A team.yaml, a routing.yaml, or a folder with them, in place of those in force.",
        show_default="those in force",
    ),
]
