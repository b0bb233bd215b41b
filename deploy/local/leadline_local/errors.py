"""The one error of this package."""


class StackError(Exception):
    """The local stack cannot do what was asked.

    The text is written for the person at the terminal: what happened, why, and what to do about it.
    The console shows errors that have an exit code without a stack trace.
    """

    exit_code = 1
