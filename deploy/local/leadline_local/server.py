"""One supervised server: started once, adopted while it lives, stopped only if it is ours."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psutil

from leadline_local import holders, locks, ports, spawn
from leadline_local.errors import StackError
from leadline_local.state import Running, State

Report = Callable[[str], None]
_TRIES = 3
_DYING_SECONDS = 10


class Server(Protocol):
    """What the supervision must know of a server."""

    @property
    def name(self) -> str:
        """Its folder below `.leadline/` and its key in stack.json."""

    @property
    def title(self) -> str:
        """Its name for people."""

    @property
    def workdir(self) -> Path:
        """The folder it works in."""

    @property
    def ports(self) -> tuple[str, ...]:
        """Names of the ports it listens on, the one that people use first."""

    @property
    def stop_signal(self) -> signal.Signals:
        """The signal for an orderly end."""

    @property
    def patience(self) -> tuple[float, float]:
        """Seconds to wait until it is ready, and until it has stopped before it is killed."""

    def prepare(self, lock: int) -> None:
        """What must be done before a start; programs run here inherit the descriptor `lock`."""

    def command(self) -> spawn.Command:
        """What to start, with the ports that are remembered now."""

    def ready(self) -> bool:
        """Whether it serves, and is ours. Raises StackError if a stranger answers."""

    def heal(self, exit_code: int) -> bool:
        """Mend what made it die while starting; whether another start is worth it."""


def ensure(server: Server, state: State, report: Report, cancelled: threading.Event) -> bool:
    """Make the server serve: adopt it if it lives, else start it. Whether it was started here.

    Raises StackError if it cannot be started, with the reason from its log.
    """
    state.folder(server.name).mkdir(mode=0o700, exist_ok=True)
    _end_orphans(server, state)
    if _adopt(server, state, cancelled):
        report(f"{server.title}: already up on {ports.HOST}:{state.port(server.ports[0])}")
        return False
    for _ in range(_TRIES):
        _keep_free_ports(server, state)
        report(f"{server.title}: starting on {ports.HOST}:{state.port(server.ports[0])}")
        began = time.monotonic()
        since = spawn.rotate(state.log(server.name))
        process = _launch(server, state, cancelled)
        if _until_ready(server, process, cancelled):
            spawn.let_go(process)
            report(f"{server.title}: ready after {time.monotonic() - began:.1f} s")
            return True
        text = spawn.said(state.log(server.name), since)
        if spawn.port_was_busy(text):
            for name in server.ports:
                state.set_port(name, None)
        elif not server.heal(process.returncode):
            raise StackError(
                f"{server.title} ended with exit code {process.returncode} while starting; the end of "
                f"{state.log(server.name)}:\n{spawn.last_words(text)}"
            )
    raise StackError(f"{server.title} did not start in {_TRIES} tries: see {state.log(server.name)}.")


def stop(server: Server, state: State) -> bool:
    """End the server if it lives: orderly, or by force when its patience is over. Whether it lived.

    Raises StackError if it survives even that.
    """
    lock = state.lock(server.name)
    lived = _signal(server, state)
    if lived and not locks.wait_free(lock, server.patience[1]):
        kill(lock, server.workdir)
    if not locks.wait_free(lock, _DYING_SECONDS):
        raise StackError(f"{server.title} could not be stopped: see which process has {lock} open.")
    _end_orphans(server, state)
    if running := state.memory.running.get(server.name):
        spawn.bury(running.pid)
        state.set_running(server.name, None)
    return lived


def kill(lock: Path, workdir: Path) -> None:
    """kill -9 all processes of the server with this lock and working folder."""
    for process in holders.holders(lock, workdir):
        _send(process, signal.SIGKILL)
        spawn.bury(process.pid)
    locks.wait_free(lock, _DYING_SECONDS)


def is_alive(server: Server, state: State) -> bool:
    """Whether the server, or what is left of it, holds its lock."""
    return locks.is_held(state.lock(server.name))


def _adopt(server: Server, state: State, cancelled: threading.Event) -> bool:
    lock, deadline = state.lock(server.name), time.monotonic() + server.patience[0]
    while locks.is_held(lock):  # serving, still starting, or the last child of a dead one
        if server.ready():
            _recognise(server, state)
            return True
        if time.monotonic() > deadline:
            raise StackError(
                f"{server.title} runs but does not answer: type `leadline down`, then `leadline up`; "
                f"its log is {state.log(server.name)}."
            )
        _pause(cancelled)
    return False


def _recognise(server: Server, state: State) -> None:
    """Remember the process of a server whose `up` was killed before it could."""
    known = state.memory.running.get(server.name)
    process = holders.leader(state.lock(server.name), server.workdir, known.pid if known else None)
    if process is not None and (known is None or process.pid != known.pid):
        state.set_running(server.name, Running(pid=process.pid, created=_created(process.pid)))


def _launch(server: Server, state: State, cancelled: threading.Event) -> subprocess.Popen[bytes]:
    descriptor = locks.take(state.lock(server.name))
    if descriptor is None:
        raise StackError(f"{server.title} was started by somebody else just now: type `leadline status`.")
    try:
        server.prepare(descriptor)
        command = server.command()  # saves ports and secrets: from here on a dead `up` can be picked up
        if cancelled.is_set():
            raise StackError("interrupted")
        process = spawn.spawn(command, descriptor, state.log(server.name))
        running = Running(pid=process.pid, created=_created(process.pid), command=command.digest())
        state.set_running(server.name, running)
    finally:
        os.close(descriptor)
    return process


def _until_ready(server: Server, process: subprocess.Popen[bytes], cancelled: threading.Event) -> bool:
    deadline = time.monotonic() + server.patience[0]
    try:
        while process.poll() is None:
            if server.ready():
                return True
            if time.monotonic() > deadline:
                raise StackError(f"{server.title} did not answer within {server.patience[0]:.0f} s: see its log.")
            _pause(cancelled)
    except StackError:
        spawn.let_go(process)  # who gives up the start stops it too
        raise
    return False


def _pause(cancelled: threading.Event) -> None:
    if cancelled.wait(locks.POLL_SECONDS):
        raise StackError("interrupted")


def _keep_free_ports(server: Server, state: State) -> None:
    for name in server.ports:
        if name in state.memory.ports and not ports.is_free(state.memory.ports[name]):
            state.set_port(name, None)
        state.port(name)


def _signal(server: Server, state: State) -> bool:
    lock, running = state.lock(server.name), state.memory.running.get(server.name)
    while locks.is_held(lock):
        process = holders.leader(lock, server.workdir, running.pid if running else None)
        if process is not None:
            return _send(process, server.stop_signal)
        time.sleep(locks.POLL_SECONDS)  # it ends just now
    return False


def _end_orphans(server: Server, state: State) -> None:
    """Servers whose `.leadline/` was deleted under them: their data is gone, nothing is left to save."""
    for process in holders.orphans(state.lock(server.name), server.workdir):
        _send(process, signal.SIGKILL)


def _send(process: psutil.Process, number: signal.Signals) -> bool:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return False
    return True


def _created(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0
