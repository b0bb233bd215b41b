"""Options that several of these commands have."""

from pathlib import Path
from typing import Annotated

import typer

Rules = Annotated[
    Path | None,
    typer.Option("--rules", help="Judge by this file, or by the scoring.yaml of this folder; else by those in force."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pii = Annotated[bool, typer.Option("--pii", help="Show personal data as well.")]
WhatIf = Annotated[
    bool, typer.Option("--what-if/--no-what-if", help="Tell what would make it hot, or an MQL: hundreds of judgements.")
]
