"""The client's log: what was invoked and how it ended, on disk before the next step. Standard library only."""

import json
import os
from pathlib import Path
from threading import Lock
from time import time
from typing import Any


class Journal:
    """Lines of JSON, each fsynced: what was answered ok survives whatever happens to the rest."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._lock = Lock()

    def write(self, event: str, number: int, **said: Any) -> None:
        """`invoke` before sending; then `ok`, `fail` (surely not taken) or `unknown` (a timeout, a cut connection)."""
        line = json.dumps({"at": time(), "event": event, "op": number, **said})
        with self._lock:
            self._file.write(line + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """No more is written."""
        self._file.close()


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Every whole line; the last one may have been cut by a crash of the client itself."""
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found
