"""flock, the one fact that tells what lives.

An flock belongs to an open file, not to a process: every child that inherits the descriptor keeps it, and the
kernel drops it with the last of them. Neither a reused pid, a zombie nor a stale file can fool it.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_SECONDS = 0.03


@contextmanager
def exclusive(path: Path, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the lock at `path` alone; `on_wait` is called once if somebody else has it first."""
    descriptor = _open(path)
    try:
        if not _try(descriptor, fcntl.LOCK_EX):
            if on_wait:
                on_wait()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold the lock at `path` together with others who share it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a process holds `path` exclusively: the server of that lock lives, or a child of it does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def take(path: Path, patience: float = 1.0) -> int | None:
    """The descriptor of the lock at `path`, held exclusively; None if a server has it.

    patience: seconds to outwait those who only probe with `is_held`, which takes microseconds.
    The caller passes the descriptor on to the server and then closes its own.
    """
    descriptor = _open(path)
    deadline = time.monotonic() + patience
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            os.close(descriptor)
            return None
        time.sleep(POLL_SECONDS)
    return descriptor


def wait_free(path: Path, patience: float) -> bool:
    """Wait up to `patience` seconds for the lock to be free; whether it is."""
    deadline = time.monotonic() + patience
    while is_held(path):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
