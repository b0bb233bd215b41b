"""What the tests of the local stack share."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil

from leadline_local import server
from leadline_local.server import Server
from leadline_local.state import State

PROJECT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60.0


class Reports:
    """Collects the lines of progress."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, line: str) -> None:
        self.lines.append(line)

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in self.lines)


def ensure(one: Server, state: State, report: Callable[[str], None] | None = None) -> bool:
    """Start or adopt one server; whether it was started."""
    return server.ensure(one, state, report or Reports(), threading.Event())


def pid_of(one: Server, state: State) -> int:
    """The process that was started."""
    return state.memory.running[one.name].pid


def kill(pid: int) -> None:
    """kill -9, and wait for it to be dead (a zombie is)."""
    process = psutil.Process(pid)
    process.kill()
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)


def wait_until(condition: Callable[[], bool], patience: float = PATIENCE_SECONDS) -> None:
    """Wait for a condition. Raises AssertionError if it does not come true."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience} s"
        time.sleep(0.01)


@contextlib.contextmanager
def leadline(
    home: Path, *arguments: str, start: Callable[..., "subprocess.Popen[str]"] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """A running `leadline` command in a terminal of its own; killed on leaving if it still runs."""
    process = (start or subprocess.Popen)(
        [sys.executable, "-m", "leadline_console", *arguments],
        env={**os.environ, "LEADLINE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=_heed_ctrl_c,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def _heed_ctrl_c() -> None:
    """What a script starts in the background ignores Ctrl-C, and so would all the commands that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process: "subprocess.Popen[str]", code: int = 0) -> str:
    """What a command printed to its end, which must come with this exit code."""
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code, said
    return said


def survivors(home: Path) -> list[psutil.Process]:
    """Processes that work below this folder (or, root's PostgreSQL, in the folder kept for it)."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(home) in process.cwd() or str(home) in " ".join(process.cmdline()):
                found.append(process)
    return found
