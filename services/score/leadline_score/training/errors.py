"""What a person can put right about a table, a model or an option, as one sentence."""

from leadline_runtime.command_errors import USAGE, CommandError


class TrainingError(CommandError):
    """What happened, why, what to do. Never quotes a cell that may be somebody's."""

    def __init__(self, text: str) -> None:
        super().__init__(text, USAGE)
