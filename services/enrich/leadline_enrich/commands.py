"""What enrich adds to the `leadline` command: the group `leadline enrich`."""

import typer

from leadline_enrich.enrich_commands import provider_command, test_command


def register(app: typer.Typer) -> None:
    """Add the group."""
    enrich = typer.Typer(help="See what enrichment finds out about a lead.", no_args_is_help=True)
    for commands in (provider_command, test_command):
        commands.register(enrich)
    app.add_typer(enrich, name="enrich")
