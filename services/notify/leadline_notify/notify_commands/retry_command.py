"""`leadline notify retry`: have dead notices tried again.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

Ids = Annotated[list[str] | None, typer.Argument(help="Ids of dead notices, as `list --dead` shows them.")]
Endpoint = Annotated[str | None, typer.Option("--endpoint", help="All dead notices of this endpoint.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(notify: typer.Typer) -> None:
    """Add the command to the group."""
    notify.command()(retry)


def retry(ids: Ids = None, endpoint: Endpoint = None, *, as_json: AsJson = False) -> None:
    """Have dead notices tried again, for a day, with the same ids: a receiver that had one already can tell.

    Quiet hours hold for them as for all. An endpoint that said it is gone has to be enabled first.
    """
    from leadline_notify.notify_commands.retrying import retried
    from leadline_runtime.command_errors import USAGE, CommandError

    if bool(ids) == bool(endpoint):
        raise CommandError("Say which: ids, as `leadline notify list --dead` shows them, or --endpoint NAME.", USAGE)
    retried(ids or [], endpoint, as_json=as_json)
