"""What capture adds to the `leadline` command."""

import typer

from leadline_capture import duplicate_commands, import_commands, key_commands, source_commands


def register(app: typer.Typer) -> None:
    """Add `leadline duplicates`, `leadline import`, `leadline keys` and `leadline sources`."""
    duplicate_commands.register(app)
    import_commands.register(app)
    key_commands.register(app)
    source_commands.register(app)
