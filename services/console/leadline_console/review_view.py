"""A lead on the review list for a person: why it waits or waited, what was decided, what can be done (rules B3.12)."""

from uuid import UUID

from rich.console import Console
from rich.text import Text

from leadline_schemas.scored import Review

AT = "%Y-%m-%d %H:%M:%SZ"


def draw_review(lead: UUID, review: Review, console: Console) -> None:
    """Print where the lead stands with the list."""
    for line in _words(lead, review):
        console.print(Text(f"    {line}", style="yellow"))


def _words(lead: UUID, review: Review) -> list[str]:
    alone = f"it is an MQL by rules {review.rules.version} ({review.rules.digest}) alone, since {review.since:{AT}}"
    before = f"before: {review.grade}, {'no signal' if review.signal == 'none' else review.signal}"
    release = f"leadline score review release {lead} --reason WHY"
    if review.state == "waiting":
        return [
            f"on the review list: {alone}; {before}",
            "it goes to nobody until it does something itself, or a person releases it",
            f"{release}, or dismiss",
        ]
    if review.state == "dismissed":
        return [
            f"on the review list: {alone}; {before}",
            f"dismissed {_decided(review)}; it goes to nobody until it does something itself, or is released after all",
            release,
        ]
    return [f"was on the review list: {alone}; {before}", f"released {_decided(review)}: it goes on from here"]


def _decided(review: Review) -> str:
    at = f", {review.decided_at:{AT}}" if review.decided_at else ""
    return f"by {review.author or 'somebody'}{at}" + (f": {review.reason}" if review.reason else "")


def review_summary(review: Review | None) -> str:
    """The same in a few words, without the reason: people write there what they like."""
    if review is None:
        return ""
    return (
        "; waits on the review list"
        if review.state == "waiting"
        else f"; {review.state} by {review.author or 'somebody'}"
    )
