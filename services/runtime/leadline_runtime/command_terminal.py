"""Where commands of `leadline` draw their tables; for packages that bring rich."""

import sys

from rich.console import Console

WIDE = 250  # columns where nobody said how many there are: a table in a pipe is not to be cut at 80


def terminal() -> Console:
    """For answers. Made for each use, so that tests and pipes see the stdout of the moment."""
    piped = not sys.stdout.isatty()
    return Console(highlight=False, emoji=False, soft_wrap=piped, width=WIDE if piped else None)
