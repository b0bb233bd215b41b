"""Options that commands of several services have; for packages that bring typer."""

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
