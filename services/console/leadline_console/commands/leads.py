"""`leadline leads merge | unmerge | release`: what a person decides about leads themselves."""

import getpass
import time
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from leadline_console import options, output
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_console.ordering import api_key, refused
from leadline_console.sending import Door, door

EVERY_S = 0.3
# Why a command was not applied, as capture names it, in words that say what to do.
WHY = {
    "unknown_lead": "There is no such lead. `leadline explain ID` shows one.",
    "already_merged": "The two are one lead already.",
    "merge_with_itself": "A lead cannot become part of itself: give two ids.",
    "part_of_another": "The lead is part of another one by now, or was when its turn came: name that one, or take the"
    " last merge of the chain apart first. `leadline explain ID` shows what it is part of.",
    "duplicate_part_of_another": "The second lead is part of another one: name that one, or unmerge it first.",
    "quarantined": "It, or one of the two, is kept apart: `leadline quarantine release ID` first.",
    "not_merged": "The lead is part of no other.",
    "not_quarantined": "The lead is not kept apart.",
    "no_contact": "It has neither e-mail nor phone nor a trusted id: nothing to reach anybody by.",
}

Lead = Annotated[UUID, typer.Argument(help="The lead that stays.", show_default=False)]
Duplicate = Annotated[UUID, typer.Argument(help="The lead that becomes part of it.", show_default=False)]
Part = Annotated[UUID, typer.Argument(help="The lead to take out of the one it is part of.", show_default=False)]
Apart = Annotated[UUID, typer.Argument(help="The lead that is kept apart.", show_default=False)]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the event.", show_default=False)]
Author = Annotated[
    str,
    typer.Option("--author", default_factory=getpass.getuser, help="Who orders it.", show_default="your user name"),
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what becomes of it.")]


def register(app: typer.Typer) -> None:
    """Add `leads` to the command."""
    leads = typer.Typer(
        help="Merge leads that are one person, take them apart again; release what was kept apart.",
        no_args_is_help=True,
    )
    leads.command()(merge)
    leads.command()(unmerge)
    leads.command()(release)
    app.add_typer(leads, name="leads")


def merge(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    author: Author,
    lead: Lead,
    duplicate: Duplicate,
    reason: Reason,
    *,
    wait: Wait = 15,
    as_json: options.Json = False,
) -> None:
    """Make DUPLICATE part of LEAD: one lead, one owner, one set of promises. `unmerge` undoes it."""
    order(edge, {"kind": "lead.merge", "lead_id": str(lead), "duplicate_id": str(duplicate), "reason": reason,
                 "author": author}, wait, as_json=as_json)  # fmt: skip


def unmerge(
    edge: Edge, author: Author, lead: Part, reason: Reason, *, wait: Wait = 15, as_json: options.Json = False
) -> None:
    """Take LEAD out of the one it is part of: both are as what each was told makes them."""
    command = {"kind": "lead.unmerge", "lead_id": str(lead), "reason": reason, "author": author}
    order(edge, command, wait, as_json=as_json)


def release(
    edge: Edge, author: Author, lead: Apart, reason: Reason, *, wait: Wait = 15, as_json: options.Json = False
) -> None:
    """Let LEAD, which was kept apart as spam or a test, be a lead: it is scored and routed, its clocks start now."""
    command = {"kind": "lead.release", "lead_id": str(lead), "reason": reason, "author": author}
    order(edge, command, wait, as_json=as_json)


def order(edge: str, command: dict[str, Any], wait: float, *, as_json: bool) -> None:
    """Give a command to the door and tell what became of it. Raises UserError if it was refused or not applied."""
    told = give(edge, command, wait)
    output.answer(told, as_json, lambda console: _draw(told, console))
    check(told)


def give(edge: str, command: dict[str, Any], wait: float) -> dict[str, Any]:
    """Give a command to the door: what became of it, as far as that is known in time. Raises UserError if refused."""
    with door(edge, api_key()) as opened:
        answer = opened.post("/v1/commands", 0, command)
        if not answer.accepted or answer.submission_id is None:
            raise refused(answer)
        told = _awaited(opened, answer.submission_id, wait)
    if told is None:
        output.progress(f"It is accepted and not decided yet: leadline waits no longer than {wait:g} s.")
        told = {"submission_id": answer.submission_id, "outcome": "accepted"}
    return told


def check(told: dict[str, Any]) -> None:
    """Raises UserError with what to do if a command was not applied."""
    if told["outcome"] not in ("applied", "accepted"):
        why = str(told.get("reason"))
        raise UserError(WHY.get(why, f"It was not applied: {why}."), Exit.FAILED)


def _awaited(opened: Door, submission_id: str, wait: float) -> dict[str, Any] | None:
    end = time.monotonic() + wait
    while (told := opened.became(submission_id)) is None and time.monotonic() < end:
        time.sleep(EVERY_S)
    return told


def _draw(told: dict[str, Any], console: Console) -> None:
    if told["outcome"] in ("applied", "accepted"):
        console.print(f"[green]{told['outcome']}[/] {told['submission_id']}")
