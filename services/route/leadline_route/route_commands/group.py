"""What route adds to the `leadline` command: the groups `leadline route` and `leadline team`."""

import typer

from leadline_route.route_commands import (
    coverage_command,
    explain_command,
    ledger_command,
    next_command,
    simulate_command,
    team_command,
)


def register(app: typer.Typer) -> None:
    """Add the groups. Each module adds its own commands."""
    route = typer.Typer(help="Who gets which lead, why, and what other rules would do.", no_args_is_help=True)
    for commands in (coverage_command, explain_command, ledger_command, next_command, simulate_command):
        commands.register(route)
    app.add_typer(route, name="route")
    team = typer.Typer(help="Who is who, and who is there.", no_args_is_help=True)
    team_command.register(team)
    app.add_typer(team, name="team")
