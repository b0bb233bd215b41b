"""`leadline duplicates find | list | dismiss`: rows of a list, or stored leads, that may be one person's.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError
from leadline_runtime.command_settings import rules_directory

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
    duplicates.command("list")(list_)
    duplicates.command("dismiss")(dismiss)
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

    chosen = rules or rules_directory()
    found = searched(file, columns, threshold, load_rules(RULES, chosen).rules)
    (print_json if as_json else print_csv)(found)


def list_(
    lead: Annotated[str | None, typer.Option("--lead", help="Only those of this lead.")] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Show at most so many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Show leads that may be one person and that nobody has decided yet, the newest first. `leadline explain LEAD`
    tells more of each; `leadline leads merge` makes them one, `leadline duplicates dismiss` says that they are two."""
    from leadline_capture.command_database import with_database
    from leadline_capture.suggestions import open_suggestions

    wanted = _lead_id(lead) if lead is not None else None
    found = with_database(lambda sql: open_suggestions(sql, wanted, most))
    if as_json:
        print(json.dumps([{name: _plain(value) for name, value in asdict(each).items()} for each in found], indent=2))
        return
    for each in found:
        score = f"{each.score:.0%}" if each.score is not None else "same key"
        print(f"{each.lead_id}  {each.other}  {score:>8}  {each.found_at:%Y-%m-%d %H:%M}  {each.words or each.reason}")
    if not found:
        print("No undecided pair.", file=sys.stderr)


def dismiss(
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="As `leadline duplicates list` shows it.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="The lead beside it.")],
) -> None:
    """Say that two leads are two persons: the pair is not shown any more."""
    from leadline_capture.command_database import with_database
    from leadline_capture.suggestions import dismiss as dismissed

    one, two = _lead_id(lead), _lead_id(other)
    if not with_database(lambda sql: dismissed(sql, one, two, datetime.now(UTC))):
        raise CommandError(f"{one} and {two} are no undecided pair; `leadline duplicates list` shows them.", NOT_FOUND)
    print(f"dismissed {one} {two}")


def _lead_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise CommandError(f"{text!r} is no id of a lead; `leadline duplicates list` shows them.", USAGE) from None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | datetime) else value
