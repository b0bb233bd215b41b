"""What the monitor adds to the `leadline` command: the group `leadline sla`."""

import typer

from leadline_sla_monitor.sla_commands import board_command, report_command, show_command


def register(app: typer.Typer) -> None:
    """Add the group. Each module adds its own command; the console adds those by which people give orders."""
    sla = typer.Typer(help="Promises: how they stand, how they were kept.", no_args_is_help=True)
    for commands in (show_command, board_command, report_command):
        commands.register(sla)
    app.add_typer(sla, name="sla")
