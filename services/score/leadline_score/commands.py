"""What score adds to the `leadline` command: the group `leadline score`. Each module adds its own commands to it."""

import typer

from leadline_score.score_commands import (
    learned_commands,
    live_command,
    promote_commands,
    rescoring_command,
    review_command,
    test_command,
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    score = typer.Typer(help="Judge leads, and see how each point comes about.", no_args_is_help=True)
    for commands in (
        test_command,
        live_command,
        learned_commands,
        promote_commands,
        rescoring_command,
        review_command,
    ):
        commands.register(score)
    app.add_typer(score, name="score")
