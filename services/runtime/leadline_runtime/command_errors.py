"""What the console shows to a person as one sentence, with its exit code (those of every `leadline` command)."""

from typing import Final

FAILED: Final = 1
USAGE: Final = 2
UNREACHABLE: Final = 3
NOT_FOUND: Final = 4


class CommandError(Exception):
    """Something a person can put right; the console shows it as one sentence and exits with `exit_code`."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(text)
        self.exit_code = exit_code

    def __reduce__(self) -> tuple[type["CommandError"], tuple[str, int]]:
        """From one process to another."""
        return type(self), (str(self), self.exit_code)
