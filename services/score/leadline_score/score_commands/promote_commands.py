"""`leadline score shadow | promote | demote`: a learned model at work, beside the rules or in place of their total.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import typer

from leadline_score.score_commands.learned_options import Author, Model, Reason, RulesDir


def register(score: typer.Typer) -> None:
    """Add the commands to the group."""
    score.command("shadow")(shadow)
    score.command("promote")(promote)
    score.command("demote")(demote)


def shadow(model: Model, author: Author, reason: Reason, rules: RulesDir = None) -> None:
    """Put MODEL beside the rules: each scorecard carries what it makes of the lead, and it decides nothing."""
    from leadline_score.score_commands.publishing import publish

    publish(model, "shadow", author, reason, rules)


def promote(model: Model, author: Author, reason: Reason, rules: RulesDir = None) -> None:
    """Let MODEL count: its points stand in place of the total where leads become MQL by score.

    Hand raises, vetoes, PQL and the minima of fit and intent stay as they are. It is a change of rules like any other:
    leads are scored again by it, and act on nothing by themselves.
    """
    from leadline_score.score_commands.publishing import publish

    publish(model, "promoted", author, reason, rules)


def demote(author: Author, reason: Reason, rules: RulesDir = None) -> None:
    """Put the model in force back into shadow: the total decides again, the model is still compared."""
    from leadline_score.score_commands.publishing import demote_in_force

    demote_in_force(author, reason, rules)
