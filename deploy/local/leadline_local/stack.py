"""The stack as a whole: up, down, status."""

import shutil
import threading
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from leadline_local import homes, jars, java, ports, server
from leadline_local.endpoints import Endpoints
from leadline_local.kafka import Kafka
from leadline_local.postgres import Postgres
from leadline_local.server import Report, Server
from leadline_local.state import State, at_work, write_private
from leadline_local.valkey import Valkey


@dataclass(frozen=True)
class ServerStatus:
    """How one server is.

    state: `up` (it serves), `not ready` (it lives and does not serve), `gone` (it ended by itself), `stopped`.
    vital: whether nothing works without it. address: `host:port`, None if no port was chosen yet.
    seconds_up: None unless it lives. core: of a service that can run compiled the form it runs in now.
    """

    name: str
    title: str
    state: str
    vital: bool
    address: str | None
    pid: int | None
    seconds_up: float | None
    log: Path
    core: str | None = None


def servers(state: State) -> tuple[Kafka, Postgres, Valkey]:
    """The three servers of this folder, whether they run or not."""
    return Kafka(state, java.find(), jars.cache()), Postgres(state, homes.find(state)), Valkey(state)


def endpoints(state: State) -> Endpoints:
    """Where the servers of this folder answer when they are up."""
    kafka, postgres, valkey = servers(state)
    return Endpoints("local", kafka.address, postgres.url, valkey.url)


def up(directory: Path, *, report: Report) -> Endpoints:
    """Start what does not run yet and return when all serves; data of earlier runs is kept.

    directory: the stack's folder, usually `.leadline`. report: called with a line of progress, from any thread.
    On an error or Ctrl-C what was started here is stopped again. Raises StackError.
    """
    with at_work(directory, report) as state:
        jars.ensure(report)
        start_all(servers(state), state, report)
        found = endpoints(state)
        lines = (f"{name}={value}\n" for name, value in found.environment().items())
        write_private(state.directory / "stack.env", "".join(lines))
    return found


def down(directory: Path, *, report: Report = lambda line: None) -> None:
    """Stop the servers of this folder, and nothing else; their data stays. Raises StackError."""
    with at_work(directory, report, forgiving=True) as state:
        stop_all(servers(state), state, report)


def status(directory: Path) -> list[ServerStatus]:
    """How each server is; nothing is started or changed."""
    state = State(directory)
    return [look(one, state, vital=True) for one in servers(state)]


def purge(directory: Path) -> None:
    """End all that runs in this folder, services too, and delete it with all data, wherever it lies."""
    with at_work(directory, lambda line: None, forgiving=True) as state:
        names = {one.name for one in servers(state)}
        for lock in state.directory.glob("*/alive.lock"):
            if lock.parent.name not in names:
                server.kill(lock, lock.parent)
    down(directory)
    if place := homes.find(State(directory, forgiving=True)).place:
        shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(directory)


def start_all(wanted: Iterable[Server], state: State, report: Report) -> None:
    """Start the servers at the same time. On an error those that were not alive before are stopped again."""
    every = list(wanted)
    before = {one.name for one in every if server.is_alive(one, state)}
    cancelled = threading.Event()
    with ThreadPoolExecutor(len(every)) as pool:
        running = [pool.submit(server.ensure, one, state, report, cancelled) for one in every]
        try:
            done, _ = wait(running, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        except BaseException:
            cancelled.set()
            wait(running)
            stop_all([one for one in every if one.name not in before], state, report)
            raise


def stop_all(wanted: Iterable[Server], state: State, report: Report) -> None:
    """Stop the servers at the same time."""

    def stop(one: Server) -> None:
        if server.stop(one, state):
            report(f"{one.title}: stopped")

    every = list(wanted)
    if not every:
        return
    with ThreadPoolExecutor(len(every)) as pool:
        for future in [pool.submit(stop, one) for one in every]:
            future.result()


def look(one: Server, state: State, *, vital: bool) -> ServerStatus:
    """How one server is."""
    alive, record = server.is_alive(one, state), state.memory.running.get(one.name)
    port = state.memory.ports.get(one.ports[0])
    serves = alive and all(name in state.memory.ports for name in one.ports) and one.ready()
    living, dead = ("up" if serves else "not ready"), ("gone" if record else "stopped")
    running = record if alive else None
    return ServerStatus(
        name=one.name,
        title=one.title,
        state=living if alive else dead,
        vital=vital,
        address=f"{ports.HOST}:{port}" if port else None,
        pid=running.pid if running else None,
        seconds_up=time.time() - running.created if running else None,
        log=state.log(one.name),
    )
