"""Options that several of these commands have."""

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Kafka = Annotated[
    str | None,
    typer.Option(
        "--kafka",
        help="Bootstrap servers, host:port[,host:port].",
        show_default="LEADLINE_KAFKA, else the local stack's, else 127.0.0.1:9092",
    ),
]
