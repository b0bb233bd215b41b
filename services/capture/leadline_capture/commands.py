"""What capture adds to the `leadline` command: each module adds its own group of commands."""

import typer

from leadline_capture import (
    duplicate_commands,
    import_commands,
    key_commands,
    pointer_commands,
    quarantine_commands,
    source_commands,
)


def register(app: typer.Typer) -> None:
    """Add them all."""
    duplicate_commands.register(app)
    import_commands.register(app)
    key_commands.register(app)
    pointer_commands.register(app)
    source_commands.register(app)
    quarantine_commands.register(app)
