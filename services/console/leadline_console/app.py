"""The `leadline` command: its own commands, and those that other packages bring."""

import sys
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from leadline_console import output
from leadline_console.commands import (
    assignments,
    calendar,
    canary,
    dlq,
    explain,
    lag,
    leads,
    rules,
    score,
    send,
    sla,
    stage,
    tail,
    team,
    topics,
)
from leadline_console.errors import Exit
from leadline_runtime.rules import RulesError
from leadline_runtime.settings import SettingsError

GROUP = "leadline.commands"
HELP = """Look after Leadline from a terminal.

Exit codes: 0 done; 1 the answer is no (a check found faults); 2 wrong use, or a wrong file; 3 a server does not answer;
4 there is no such thing; 130 stopped by Ctrl-C. `--json` prints for programs; progress and errors go to stderr.
"""


class _Group(TyperGroup):
    """Shows what a person can put right as one sentence; a fault of ours keeps its stack trace."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            code = exit_code(error)
            if code is None:
                raise
            output.problem(str(error))
            raise typer.Exit(code) from None


def exit_code(error: Exception) -> int | None:
    """The exit code of an error that is written for a person; None for any other, typer's own among them."""
    if isinstance(error, RulesError | SettingsError):
        return Exit.USAGE
    if type(error).__module__.startswith("typer."):
        return None
    code = getattr(error, "exit_code", None)
    return code if isinstance(code, int) else None


def build() -> typer.Typer:
    """The whole command. A package whose commands cannot be loaded is named on stderr; the others work."""
    app = typer.Typer(
        name="leadline",
        help=HELP,
        cls=_Group,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)
    for commands in (topics, lag, dlq, tail, send, explain, leads, assignments, stage, rules, calendar, canary):
        commands.register(app)
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            entry.load()(app)
        except Exception as error:
            output.problem(f"The commands of {entry.value} could not be loaded: {type(error).__name__}: {error}")
    score.register(app)  # after score's own: the group is theirs
    team.register(app)  # likewise after route's
    sla.register(app)  # and after the monitor's
    return app


def _nothing() -> None:
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
