"""`leadline enrich test`: what the chain finds out about the leads of a file.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

File = Annotated[
    str,
    typer.Argument(
        help="A lead as JSON or YAML, a list of them, or a lead.captured event; - reads stdin.", show_default=False
    ),
]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="A folder of rules files; else those in force (LEADLINE_RULES_DIR).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(enrich: typer.Typer) -> None:
    """Add the command to the group."""
    enrich.command("test")(test)


def test(file: File, rules: Rules = None, as_json: AsJson = False) -> None:
    """Enrich the leads of FILE by the code of the service: every fact, from whom, how sure, and why.

    A lead is {"email": ..., "title": ...}, or {lead: {...}, providers: {firmographics: {employees: 400}}, touches:
    {first: paid_search, last: email}, refused: [profiling]}. Tables are looked up; vendors are not asked and nothing is
    sent or kept. What is personal in the file is shown as it stands there.
    """
    from leadline_enrich.enrich_commands.from_file import show

    show(file, rules, as_json=as_json)
