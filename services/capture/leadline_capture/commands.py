"""What capture adds to the `leadline` command."""

import typer

from leadline_capture import key_commands, source_commands


def register(app: typer.Typer) -> None:
    """Add `leadline keys` and `leadline sources`."""
    key_commands.register(app)
    source_commands.register(app)
