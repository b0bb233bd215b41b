"""`leadline score rescoring`: how far stored leads are judged again after a publish of new rules.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import typer

from leadline_score.score_commands.options import AsJson


def register(score: typer.Typer) -> None:
    """Add the command to the group."""
    score.command()(rescoring)


def rescoring(as_json: AsJson = False) -> None:
    """Show how far the stored leads of each lane are judged again by the newest rules, how fast, and until when.

    Fresh leads are judged by the new rules at once. `leadline score review list` shows who newly qualifies.
    """
    from leadline_score.score_commands.progress import show

    show(as_json=as_json)
