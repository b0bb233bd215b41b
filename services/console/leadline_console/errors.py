"""The error that the `leadline` command shows to a person without a stack trace, and the exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit codes of every command mean."""

    OK = 0
    FAILED = 1  # the command did its work and the answer is no: a check found faults, a part could not be done
    USAGE = 2  # wrong options or arguments, a file that cannot be read or is wrong (typer gives 2 as well)
    UNREACHABLE = 3  # a server did not answer in time, or is not healthy
    NOT_FOUND = 4  # there is no such lead, topic or dead letter
    INTERRUPTED = 130  # Ctrl-C


class UserError(Exception):
    """Something a person can put right. The text says what happened, why, and what to do.

    Any exception with an `exit_code` is shown like this, so that a package that adds commands need not know this one.
    """

    def __init__(self, text: str, code: Exit = Exit.USAGE) -> None:
        super().__init__(text)
        self.exit_code = int(code)
