"""`leadline notify endpoints` and `leadline notify enable`.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Endpoint = Annotated[str, typer.Argument(help="An endpoint of notify.yaml, or mail.", show_default=False)]


def register(notify: typer.Typer) -> None:
    """Add the commands to the group."""
    notify.command()(endpoints)
    notify.command()(enable)


def endpoints(*, as_json: AsJson = False) -> None:
    """Show how each endpoint stands: since when it takes nothing and why, what waits for it, what was given up."""
    from leadline_notify.notify_commands.standing import show

    show(as_json=as_json)


def enable(endpoint: Endpoint, *, as_json: AsJson = False) -> None:
    """Call ENDPOINT again, which had said that it is gone (410). Its dead notices stay dead: see `retry --endpoint`."""
    from leadline_notify.notify_commands.standing import enable as enabled

    enabled(endpoint, as_json=as_json)
