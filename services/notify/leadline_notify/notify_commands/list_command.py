"""`leadline notify list`: notices and what became of them.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from enum import StrEnum
from typing import Annotated

import typer


class Status(StrEnum):
    """How a notice stands."""

    WAITING = "waiting"
    READY = "ready"
    SENT = "sent"
    DIGESTED = "digested"
    DROPPED = "dropped"
    DEAD = "dead"


OfStatus = Annotated[Status | None, typer.Option("--status", help="Only those that stand so.")]
Dead = Annotated[bool, typer.Option("--dead", help="Only those given up: as --status dead.")]
Recipient = Annotated[str | None, typer.Option("--recipient", help="Only what is told to this contact.")]
Endpoint = Annotated[str | None, typer.Option("--endpoint", help="Only what goes to this endpoint; mail for all mail.")]
Lead = Annotated[str | None, typer.Option("--lead", help="Only what is about this lead.")]
Most = Annotated[int, typer.Option("--most", min=1, max=10_000, help="So many, the newest.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(notify: typer.Typer) -> None:
    """Add the command to the group."""
    notify.command(name="list")(list_notices)


def list_notices(  # noqa: PLR0913 - the options of a command
    status: OfStatus = None, recipient: Recipient = None, endpoint: Endpoint = None, lead: Lead = None, most: Most = 50,
    *, dead: Dead = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Show notices of the last days, the newest last: to whom, of what, how they stand and why.

    A notice that is dead was tried for a day, or refused for good: `leadline notify retry` has it tried again.
    """
    from leadline_notify.notify_commands.listing import Question, show
    from leadline_runtime.command_errors import USAGE, CommandError

    if dead and status not in (None, Status.DEAD):
        raise CommandError(f"--dead and --status {status} exclude each other.", USAGE)
    wanted = Status.DEAD if dead else status
    show(Question(wanted.value if wanted else None, recipient, endpoint, lead, most), as_json=as_json)
