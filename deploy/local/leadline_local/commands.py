"""`leadline up | down | status | run | warm`.

What they need is loaded when they run: every `leadline` command loads this file, and the rest takes 0.4 s.
"""
# ruff: noqa: PLC0415

import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from leadline_local.stack import ServerStatus

UNHEALTHY, INTERRUPTED = 3, 130
_PROJECT = Path(__file__).resolve().parents[3]
_printing = threading.Lock()

StackOnly = Annotated[bool, typer.Option("--stack-only", help="Kafka, PostgreSQL and Valkey without the services.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the console's application."""
    for command in (up, down, status, run, warm, demo):
        app.command()(command)


def home() -> Path:
    """The folder of all state: LEADLINE_HOME, else `.leadline` of the project, or of the working folder."""
    if chosen := os.environ.get("LEADLINE_HOME"):
        return Path(chosen).expanduser().absolute()
    return (_PROJECT if (_PROJECT / "deploy" / "local").is_dir() else Path.cwd()) / ".leadline"


def up(stack_only: StackOnly = False, as_json: AsJson = False) -> None:
    """Start the stack and all services; what runs already is left alone, data is kept."""
    _up(stack_only, as_json)


def down(as_json: AsJson = False) -> None:
    """Stop the services and the stack, and nothing else; data is kept."""
    from leadline_local import pipeline

    pipeline.down(home(), report=_say)
    if as_json:
        print(json.dumps({"stopped": True}))


def status(as_json: AsJson = False) -> None:
    """Show how each server and service is; exit code 0 if all is well, 3 if not."""
    from leadline_local import pipeline

    found = pipeline.status(home())
    healthy = pipeline.is_healthy(found)
    if as_json:
        servers = [asdict(one) | {"log": str(one.log)} for one in found]
        print(json.dumps({"healthy": healthy, "home": str(home()), "servers": servers}, indent=1))
    else:
        _show(found)
    if not healthy:
        raise typer.Exit(UNHEALTHY)


def run(stack_only: StackOnly = False) -> None:
    """Start all, wait for Ctrl-C or SIGTERM, then stop all."""
    from leadline_local import pipeline

    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: _interrupt(over))
    code = INTERRUPTED  # until all runs: then Ctrl-C is how it ends
    try:
        _up(stack_only, as_json=False)
        code = 0
        _say("Ctrl-C stops it all")
        over.wait()
    except KeyboardInterrupt:
        _say("stopping")
    finally:
        signal.signal(signal.SIGINT, lambda *_: _say("still stopping: a moment"))
        pipeline.down(home(), report=_say)
    raise typer.Exit(code)


def warm() -> None:
    """Save what Java loads of Kafka, so that later starts take a second less (once, about 10 s and 64 MB)."""
    from leadline_local import warming

    warming.warm(report=_say)


def demo() -> None:
    """Watch leads of several channels flow and one deadline pass, for about a minute; nothing is left running."""
    from leadline_local.demo.run import run as play

    directory = home().with_name(home().name + "-demo")
    try:
        print(play(directory, report=_say))
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _up(stack_only: bool, as_json: bool) -> None:
    from leadline_local import pipeline, stack

    if stack_only:
        endpoints, edge = stack.up(home(), report=_say), None
    else:
        running = pipeline.up(home(), report=_say)
        endpoints, edge = running.endpoints, running.edge_url
    if as_json:
        print(json.dumps(asdict(endpoints) | {"edge_url": edge}))
        return
    print(f"Kafka       {endpoints.kafka}")
    print(f"addresses   {home() / 'stack.env'} (with passwords; `set -a; . FILE` gives them to a shell)")
    if edge:
        print(f"post leads  {edge}/v1/leads")


def _show(found: "list[ServerStatus]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("server", "state", "address", "pid", "up for", "", box=None, pad_edge=False)
    forms = {"compiled": "core: compiled", "python": "core: pure Python (`make compile` makes it faster)"}
    colours = {"up": "green", "stopped": "dim"}
    for one in found:
        table.add_row(
            one.name,
            f"[{colours.get(one.state, 'red')}]{one.state}[/]",
            one.address or "",
            str(one.pid or ""),
            _duration(one.seconds_up),
            forms.get(one.core or "", ""),
        )
    Console(soft_wrap=not sys.stdout.isatty()).print(table)
    print(f"logs: {home()}/SERVER/server.log")


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _interrupt(over: threading.Event) -> None:
    over.set()
    raise KeyboardInterrupt


def _say(line: str) -> None:
    with _printing:
        print(line, file=sys.stderr, flush=True)
