"""The group `leadline notify`."""

import typer

from leadline_notify.notify_commands import endpoints_command, list_command, retry_command


def register(app: typer.Typer) -> None:
    """Add the group. Each module adds its own commands."""
    notify = typer.Typer(help="Who was told what, what could not be told, which endpoint fails.", no_args_is_help=True)
    for commands in (list_command, endpoints_command, retry_command):
        commands.register(notify)
    app.add_typer(notify, name="notify")
