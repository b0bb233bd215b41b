"""The whole of Leadline on this machine: the stack, its tables and topics, and the services."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from leadline_local import locks, ports, server, spawn, stack
from leadline_local.compiled import forms
from leadline_local.endpoints import Endpoints
from leadline_local.errors import StackError
from leadline_local.processes import Process
from leadline_local.server import Report
from leadline_local.state import State, at_work, write_private

EDGE_PORT = "edge"
CANARY = "canary"
COMPILED = {"score", "sla-monitor"}  # whose cores can run compiled
_SERVICES = (
    ("capture-edge", "capture's edge", ("leadline_capture", "edge")),
    ("capture-fetcher", "capture's fetcher", ("leadline_capture", "fetcher")),
    ("capture", "capture", ("leadline_capture", "step")),
    ("enrich", "enrich", ("leadline_enrich",)),
    ("score", "score", ("leadline_score",)),
    ("route", "route", ("leadline_route",)),
    ("sla-monitor", "sla-monitor", ("leadline_sla_monitor",)),
    ("notify", "notify", ("leadline_notify",)),
    (CANARY, "canary", ("leadline_console", "canary", "watch")),
)
# A service that is back at once takes its lanes back at once, without a rebalance.
_STATIC = {"LEADLINE_STATIC_MEMBER": "true"}
_APPLY_TOPICS = ("leadline_console", "topics", "apply", "--replication", "1")


@dataclass(frozen=True)
class Pipeline:
    """A running Leadline. edge_url: where leads are posted. web_ports: of each process, for health and metrics."""

    endpoints: Endpoints
    edge_url: str
    web_ports: dict[str, int] = field(default_factory=dict)


def processes(state: State, endpoints: Endpoints, environment: Mapping[str, str] | None = None) -> list[Process]:
    """The processes of all services, whether they run or not. environment: what they get beside the addresses."""
    told = {**_STATIC, **(environment or {}), **endpoints.environment()}
    return [
        Process(
            state=state,
            name=name,
            title=title,
            argv=(sys.executable, "-m", *module),
            port_variables=_ports(name),
            ready_port=name,
            environment={"LEADLINE_INSTANCE": f"local-{name}", **_own(name, state), **told},
        )
        for name, title, module in _SERVICES
    ]


def _own(name: str, state: State) -> dict[str, str]:
    """What only one service needs. The spool stands in the folder that the door works in."""
    if name in COMPILED:
        return forms.on_path({})
    if name == CANARY:
        return {"LEADLINE_CANARY_KEY": canary_key(state), "LEADLINE_EDGE_URL": _edge_url(state)}
    if name != "capture-edge":
        return {}
    secret = json.dumps([state.secret("consent links")])
    return {
        "LEADLINE_EDGE_SPOOL_DIR": "spool",
        "LEADLINE_EDGE_IMPORTS_DIR": "lists",
        "LEADLINE_CONSENT_LINK_SECRETS": secret,
        "LEADLINE_CANARY_KEY": canary_key(state),
    }


def canary_key(state: State) -> str:
    """The key that the door and the canary share."""
    return f"ll_canary_{state.secret('canary')}"


def _edge_url(state: State) -> str:
    return f"http://{ports.HOST}:{state.port(EDGE_PORT)}"


def up(
    directory: Path, *, report: Report, environment: Mapping[str, str] | None = None, canary: bool = True
) -> Pipeline:
    """Start all that does not run yet and return when all is ready; data of earlier runs is kept.

    A service that runs with other settings than it would get now is started anew. On an error or Ctrl-C the
    services started here are stopped again; the stack stays. canary: whether one is sent each minute. Raises
    StackError.
    """
    endpoints = stack.up(directory, report=report)
    with at_work(directory, report) as state:
        use_edge_port(state)
        apply_topics(endpoints, report)
        every = [one for one in processes(state, endpoints, environment) if canary or one.name != CANARY]
        report(forms.told())
        start(every, state, report)
        edge_url = _edge_url(state)
        told = f"LEADLINE_EDGE_URL={edge_url}\nLEADLINE_CANARY_KEY={canary_key(state)}\n"
        write_private(state.directory / "services.env", told)
        return Pipeline(endpoints, edge_url, {one.name: state.port(one.name) for one in every})


def start(every: Sequence[Process], state: State, report: Report) -> None:
    """Start the processes at the same time, those anew that run with another command than they would get now."""
    stack.stop_all([one for one in every if _is_outdated(one, state)], state, report)
    stack.start_all(every, state, report)


def down(directory: Path, *, report: Report) -> None:
    """Stop the services, then the stack, and nothing else; the data stays. Raises StackError."""
    with at_work(directory, report, forgiving=True) as state:
        stack.stop_all(processes(state, stack.endpoints(state)), state, report)
    stack.down(directory, report=report)


def status(directory: Path) -> list[stack.ServerStatus]:
    """How each server and service is; nothing is started or changed."""
    state = State(directory)
    nowhere = Endpoints("local", "", "", "")
    services = processes(state, nowhere)
    return stack.status(directory) + [_looked_at(one, state) for one in services]


def _looked_at(one: Process, state: State) -> stack.ServerStatus:
    found = stack.look(one, state, vital=False)
    return replace(found, core=one.says().get("core")) if one.name in COMPILED and found.pid else found


def is_healthy(found: list[stack.ServerStatus]) -> bool:
    """Whether the stack is up and no service that was started has gone; services nobody started may be down."""
    return all(one.state == "up" or (one.state == "stopped" and not one.vital) for one in found)


def apply_topics(endpoints: Endpoints, report: Report) -> None:
    """Create the declared topics that are missing; services make their tables themselves.

    Raises StackError with what the command said.
    """
    environment = {**spawn.small_environment(), **spawn.leadline_variables(), **endpoints.environment()}
    done = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", *_APPLY_TOPICS],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        text = spawn.last_words(done.stdout, lines=10)
        raise StackError(f"The topics could not be created (exit code {done.returncode}):\n{text}")
    report("topics: as declared")


def _ports(name: str) -> tuple[tuple[str, str], ...]:
    web = (name, "LEADLINE_WEB_PORT")
    return ((EDGE_PORT, "LEADLINE_EDGE_PORT"), web) if name == "capture-edge" else (web,)


def _is_outdated(one: Process, state: State) -> bool:
    running = state.memory.running.get(one.name)
    return running is not None and server.is_alive(one, state) and running.command != one.command().digest()


def use_edge_port(state: State) -> None:
    """Take the port that the user wants for leads. Raises StackError if it is in use by somebody else."""
    wanted = os.environ.get("LEADLINE_EDGE_PORT")
    if wanted is None:
        return
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        raise StackError(f"LEADLINE_EDGE_PORT is {wanted!r}: it must be a port number from 1 to 65535.")
    if state.memory.ports.get(EDGE_PORT) == int(wanted) and locks.is_held(state.lock("capture-edge")):
        return  # ours
    if not ports.is_free(int(wanted)):
        raise StackError(
            f"Port {wanted}, which LEADLINE_EDGE_PORT asks for, is in use: stop what listens there, or unset it."
        )
    state.set_port(EDGE_PORT, int(wanted))
