"""`leadline score test`: leads from a file, judged and shown with all the arithmetic.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_score.score_commands.options import AsJson, Rules, WhatIf

File = Annotated[
    str,
    typer.Argument(
        help="A lead as JSON, a list of them, one a line, or YAML as in the examples of scoring.yaml; - reads stdin.",
        show_default=False,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge as of this instant, or now; else as of each lead's own, and now without one."),
]


def register(score: typer.Typer) -> None:
    """Add the command to the group."""
    score.command("test")(test)


def test(file: File, rules: Rules = None, as_of: AsOf = None, what_if: WhatIf = True, as_json: AsJson = False) -> None:
    """Judge the leads of FILE and show how each point comes about; nothing is sent or kept.

    A lead is {lead: {employees: 200, ...}, acts: [{kind: page.viewed, tag: pricing, at: ...}], as_of: ...}; with
    `expect` it is an example, and exit code 1 says that one gives something else. `leadline score export` writes such
    leads.
    """
    from leadline_runtime.command_instants import instant_in
    from leadline_score.score_commands.from_file import show

    show(file, rules, instant_in(as_of, "--as-of") if as_of else None, what_if=what_if, as_json=as_json)
