"""`leadline pointers list | retry`: what vendors only pointed at and could not be fetched yet.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
from typing import Annotated, Any

import typer

from leadline_capture.command_database import with_database

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many, the oldest first.")]
OfSource = Annotated[str, typer.Option("--source", help="Only those of this source.")]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    pointers = typer.Typer(help="Notices of vendors whose lead is still to be fetched.", no_args_is_help=True)
    pointers.command("list")(list_)
    pointers.command("retry")(retry)
    app.add_typer(pointers, name="pointers")


def list_(limit: Limit = 50, as_json: AsJson = False) -> None:
    """Show what waits, since when, and why. What was fetched is not listed: `leadline explain` tells of the lead."""
    from leadline_capture.pointer_table import LIST

    rows = with_database(lambda sql: sql.fetch(LIST, (limit,)))
    found: list[dict[str, Any]] = [
        {"pointer": str(each), "source": source, "since": since.isoformat(timespec="seconds"), "tries": tries,
         "next": after.isoformat(timespec="seconds"), "trouble": trouble}
        for each, source, since, tries, after, trouble in rows
    ]  # fmt: skip
    if as_json:
        print(json.dumps(found, indent=2))
        return
    if not found:
        print("Nothing waits to be fetched.")
    for row in found:
        print("  ".join(str(value) for value in row.values()))


def retry(source: OfSource = "") -> None:
    """Fetch now what would wait for its next try, for instance after a token was renewed."""
    from leadline_capture.pointer_table import RETRY

    rows = with_database(lambda sql: sql.fetch(RETRY, (source, source)))
    print(f"{len(rows)} will be fetched now.")
