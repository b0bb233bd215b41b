"""`leadline score explain | export`: leads as score has recorded them.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated
from uuid import UUID

import typer

from leadline_score.score_commands.options import AsJson, Pii, Rules, WhatIf

Lead = Annotated[UUID, typer.Argument(help="The lead's id; `leadline tail` shows it.", show_default=False)]
At = Annotated[
    str | None,
    typer.Option("--at", help="As of this instant, a day, or now, instead of its last judgement; may lie ahead."),
]
OneLead = Annotated[UUID | None, typer.Argument(help="The lead's id.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="Every lead.")]


def register(score: typer.Typer) -> None:
    """Add the commands to the group."""
    score.command()(explain)
    score.command()(export)


def explain(
    lead: Lead,
    at: At = None,
    rules: Rules = None,
    *,
    what_if: WhatIf = True,
    pii: Pii = False,
    as_json: AsJson = False,
) -> None:
    """Show how each point of LEAD comes about: on what score holds of it, by the rules in force or by others.

    Nothing is changed. Personal values are masked unless --pii is given. Exit code 4 if score does not know the lead.
    """
    from leadline_runtime.command_instants import instant_in
    from leadline_score.score_commands.explaining import Question, show

    show(Question(lead, instant_in(at, "--at") if at else None, rules, pii, what_if), as_json=as_json)


def export(lead: OneLead = None, every: All = False, pii: Pii = False) -> None:
    """Write leads to stdout, one a line, as `score test` and `rules diff --over` read them.

    Facts that are personal (job title, company, budget, revenue) are left out unless --pii is given, and so is what
    rules make of them; each line names what it leaves out.
    """
    from leadline_runtime.command_errors import USAGE, CommandError
    from leadline_score.score_commands.exporting import export_all, export_one

    if (lead is None) == (not every):
        raise CommandError("Name a lead, or give --all.", USAGE)
    if lead is None:
        export_all(pii=pii)
    else:
        export_one(lead, pii=pii)
