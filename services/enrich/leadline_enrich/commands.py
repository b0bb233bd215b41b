"""What enrich adds to the `leadline` command: the group `leadline enrich`."""

import typer

from leadline_enrich.enrich_commands import provider_command


def register(app: typer.Typer) -> None:
    """Add the group."""
    enrich = typer.Typer(help="See what enrichment finds out about a lead.", no_args_is_help=True)

    @enrich.callback()
    def group() -> None:
        """With a single command in it, a group would else be that command."""

    provider_command.register(enrich)
    app.add_typer(enrich, name="enrich")
