"""Options that several of these commands have."""

from pathlib import Path
from typing import Annotated

import typer

At = Annotated[str | None, typer.Option("--at", help="As of this instant or day instead of now.", show_default="now")]
Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        help="A team.yaml, a routing.yaml, or a folder with them, in place of those in force.",
        show_default="those in force",
    ),
]
