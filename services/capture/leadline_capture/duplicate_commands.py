"""`leadline duplicates find`: which rows of a list may be one person's, before it is imported.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import os
from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV, also gzipped; what separates values and the encoding are found.")
]
Columns = Annotated[
    list[str],
    typer.Option(
        "--columns", metavar="HEADER=MEANING,…",
        help="What columns hold where the guess is wrong, as `Kunde=full_name,Kennzeichen=label`; repeatable. "
        "`label` is compared with nothing.",
    ),
]  # fmt: skip
Threshold = Annotated[float, typer.Option("--threshold", help="Show pairs from this probability on, above 0 up to 1.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="The folder with duplicates.yaml; LEADLINE_RULES_DIR, else what ships.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    duplicates = typer.Typer(help="Records that may be one person's: suggested, never joined.", no_args_is_help=True)
    duplicates.command("find")(find)
    app.add_typer(duplicates, name="duplicates")


def find(
    file: File,
    columns: Columns = [],  # noqa: B006 - typer reads the default, nobody changes it
    threshold: Threshold = 0.5,
    as_json: AsJson = False,
    rules: Rules = None,
) -> None:
    """Print the pairs of rows that may be one person's, the surest first, as CSV: the probability, the rows
    (numbered as by `leadline import`: the first behind the header is 1) with their lines in the file, and why.
    Nothing is sent or changed."""
    from leadline_capture.duplicate_list import searched
    from leadline_capture.duplicate_output import print_csv, print_json
    from leadline_capture.duplicate_rules import RULES
    from leadline_runtime.rules import load_rules

    chosen = rules or (Path(given) if (given := os.environ.get("LEADLINE_RULES_DIR")) else None)
    found = searched(file, columns, threshold, load_rules(RULES, chosen).rules)
    (print_json if as_json else print_csv)(found)
