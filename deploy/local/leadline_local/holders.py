"""Which processes are our servers: the only ones this package ever signals.

A pid in a file is a hint and no more, it may be a stranger's by now. Whoever has our `alive.lock` open and works
in the server's folder inherited both from us. That stays true of a server whose folder was deleted under it,
which no path would find again.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

_GONE = " (deleted)"


def holders(lock: Path, workdir: Path) -> list[psutil.Process]:
    """The live processes of the server with this lock and working folder, the head of the family first."""
    return _family(p for p in psutil.process_iter() if _serves(p, str(lock), workdir))


def orphans(lock: Path, workdir: Path) -> list[psutil.Process]:
    """As `holders`, but those whose lock file was deleted: nobody will ever ask for them again."""
    return _family(p for p in psutil.process_iter() if _serves(p, f"{lock}{_GONE}", workdir))


def leader(lock: Path, workdir: Path, hint: int | None) -> psutil.Process | None:
    """The process to signal: the one remembered if it is the server's, else the head of those that are."""
    if hint is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(hint)
            if _serves(process, str(lock), workdir):
                return process
    return next(iter(holders(lock, workdir)), None)


def _family(found: Iterator[psutil.Process]) -> list[psutil.Process]:
    members = list(found)
    pids = {p.pid for p in members}
    return sorted(members, key=lambda p: (_parent(p) in pids, p.pid))


def _serves(process: psutil.Process, lock: str, workdir: Path) -> bool:
    try:
        inside = Path(process.cwd().removesuffix(_GONE)).is_relative_to(workdir)
    except (psutil.Error, OSError):  # another user's, a zombie, or gone while we look
        return False
    return inside and lock in _open_files(process)


def _open_files(process: psutil.Process) -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(psutil.Error, OSError):
        if sys.platform != "linux":
            return {file.path for file in process.open_files()}
        with os.scandir(f"/proc/{process.pid}/fd") as entries:
            for entry in entries:
                with contextlib.suppress(OSError):
                    found.add(str(Path(entry.path).readlink()))
    return found


def _parent(process: psutil.Process) -> int:
    try:
        return int(process.ppid())
    except psutil.Error:
        return 0
