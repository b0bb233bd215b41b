"""`leadline score review list | show`: leads that qualify by new rules alone and wait for a person's word.

`release` and `dismiss` go by the door, which the console knows; it adds them to this group. What the commands need is
loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated
from uuid import UUID

import typer

from leadline_score.score_commands.options import AsJson

Lead = Annotated[UUID, typer.Argument(help="As `leadline score review list` shows it.", show_default=False)]
Dismissed = Annotated[bool, typer.Option("--dismissed", help="Also those that a person dismissed.")]
Most = Annotated[int, typer.Option("--most", min=1, help="Show at most so many.")]


def register(score: typer.Typer) -> None:
    """Add the group to the group."""
    review = typer.Typer(
        help="Leads that qualify by new scoring rules alone: nobody is called to them until a person releases them.",
        no_args_is_help=True,
    )
    review.command("list")(list_)
    review.command()(show)
    score.add_typer(review, name="review")


def list_(dismissed: Dismissed = False, most: Most = 100, as_json: AsJson = False) -> None:
    """Show who waits, the longest first, with grade and signal before and after the new rules.

    `leadline explain LEAD` tells all of one, `leadline score review release LEAD` gives it to a person.
    """
    from leadline_score.score_commands.reviews import show_list

    show_list(most, dismissed=dismissed, as_json=as_json)


def show(lead: Lead, as_json: AsJson = False) -> None:
    """Show why LEAD is on the list; exit code 4 says that it is not."""
    from leadline_score.score_commands.reviews import show_one

    show_one(lead, as_json=as_json)
