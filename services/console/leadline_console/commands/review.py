"""`leadline score review release | dismiss`: a person's word on leads that qualify by new scoring rules alone.

They stand in the group that score's own package brings: its list is its own, but a word goes by the door, as every act.
"""

import getpass
import time
from typing import Annotated, Any, Literal
from uuid import UUID

import typer
from rich.console import Console

from leadline_console import options, output
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit
from leadline_console.groups import group_of
from leadline_console.ordering import api_key, refused
from leadline_console.sending import Door, door

EVERY_S = 0.3

Leads = Annotated[list[UUID], typer.Argument(metavar="LEAD...", help="As `leadline score review list` shows them.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the event.", show_default=False)]
Author = Annotated[
    str,
    typer.Option("--author", default_factory=getpass.getuser, help="Who says so.", show_default="your user name"),
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what becomes of it.")]


def register(app: typer.Typer) -> None:
    """Add them to the group `score review`, which is made if score's package is not there."""
    score = group_of(app, "score", "What people set in place of computed scores.")
    group = group_of(score, "review", "Leads that wait for a person's word.")
    group.command()(release)
    group.command()(dismiss)


def release(
    edge: Edge, author: Author, leads: Leads, reason: Reason, *, wait: Wait = 15, as_json: options.Json = False
) -> None:
    """Give LEADs of the review list to a person: they are routed, and their clocks start with the decision."""
    _say("lead.released", leads, {"author": author, "reason": reason, "edge": edge}, wait, as_json=as_json)


def dismiss(
    edge: Edge, author: Author, leads: Leads, reason: Reason, *, wait: Wait = 15, as_json: options.Json = False
) -> None:
    """Leave LEADs of the review list where they are, until they act themselves or are released after all."""
    _say("lead.dismissed", leads, {"author": author, "reason": reason, "edge": edge}, wait, as_json=as_json)


def _say(
    kind: Literal["lead.released", "lead.dismissed"], leads: list[UUID], said: dict[str, str], wait: float, *,
    as_json: bool,
) -> None:  # fmt: skip
    with door(said["edge"], api_key("--source console --trusted")) as opened:
        sent = [_sent(opened, kind, lead, said) for lead in leads]
        end = time.monotonic() + wait
        told = [{"lead_id": str(lead), **_awaited(opened, submission, end)} for lead, submission in sent]
    output.answer(told, as_json, lambda console: _draw(told, console))
    if any(each["outcome"] not in ("attached", "accepted") for each in told):
        raise typer.Exit(Exit.FAILED)


def _sent(opened: Door, kind: str, lead: UUID, said: dict[str, str]) -> tuple[UUID, str]:
    actor = {"kind": "person", "id": said["author"]}
    act = {"kind": kind, "lead_id": str(lead), "actor": actor, "reason": said["reason"]}
    answer = opened.post("/v1/activities", 0, act)
    if not answer.accepted or answer.submission_id is None:
        raise refused(answer)
    return lead, answer.submission_id


def _awaited(opened: Door, submission_id: str, end: float) -> dict[str, Any]:
    while (told := opened.became(submission_id)) is None and time.monotonic() < end:
        time.sleep(EVERY_S)
    return told or {"submission_id": submission_id, "outcome": "accepted"}


def _draw(told: list[dict[str, Any]], console: Console) -> None:
    for each in told:
        fine = each["outcome"] in ("attached", "accepted")
        why = "" if fine else ": there is no such lead"
        console.print(f"[{'green' if fine else 'red'}]{each['outcome']}[/] {each['lead_id']}{why}")
    console.print("Who was on the list is decided within a second; of others nothing changes.")
