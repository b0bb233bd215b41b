"""Cleans up after test runs, however they end.

A run keeps a shared lock on a file for as long as it uses a stack. This process waits for that file alone: it
gets it when the last run has ended, whether in peace or by kill -9, and then removes the stack with its data.
"""

import sys
from pathlib import Path

from leadline_local import locks, stack


def main(directory: Path, users: Path) -> None:
    """Wait for the users of `directory` to be gone, then stop its servers and delete it."""
    with locks.exclusive(users):
        if directory.exists():
            stack.purge(directory)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
