"""`leadline rules check | diff`: rules files tried before they are published."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from leadline_console import options, output
from leadline_console.checking import Checked, Report, Said, check
from leadline_console.commands.rules_diff import diff
from leadline_console.errors import Exit
from leadline_runtime.command_settings import rules_directory

Paths = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Rules files, or folders of them as LEADLINE_RULES_DIR names one.",
        show_default="what the services read: LEADLINE_RULES_DIR, and what ships for the rest",
    ),
]


def register(app: typer.Typer) -> None:
    """Add `rules` to the command."""
    rules = typer.Typer(help="Try rules files before they are published.", no_args_is_help=True)
    rules.command("check")(check_)
    rules.command()(diff)
    app.add_typer(rules, name="rules")


def check_(paths: Paths = None, as_json: options.Json = False) -> None:
    """Read rules files as the services do, and run the examples in them: every fault at once, and what can never count.

    A file may have any name that begins like the one it is to replace, as scoring-april.yaml. Exit code 1 if anything
    must not be used, 2 if a path is no rules file.
    """
    report = check(paths or (), rules_directory())
    output.answer(report, as_json, lambda console: _draw(report, console))
    if not report.good:
        raise typer.Exit(Exit.FAILED)


def _draw(report: Report, console: Console) -> None:
    for each in report.checked:
        _draw_one(each, console)
    for warning in report.warnings:
        _said("warning", warning, "yellow", console)


def _draw_one(checked: Checked, console: Console) -> None:
    if checked.faults:
        faults = f"{len(checked.faults)} fault{'s' if len(checked.faults) > 1 else ''}"
        console.print(Text.assemble((f"{checked.service}: ", "bold"), (f"must not be used, {faults}", "red")))
    else:
        good = f"good, version {checked.version} ({checked.digest})"
        console.print(Text.assemble((f"{checked.service}: ", "bold"), (good, "green")))
    for fault in checked.faults:
        _said("fault", fault, "red", console)
    for warning in checked.warnings:
        _said("warning", warning, "yellow", console)


def _said(kind: str, said: Said, colour: str, console: Console) -> None:
    where = f"{said.path}: " if said.path else ""
    console.print(Text.assemble((f"  {kind}", colour), f" {said.file}: {where}{said.problem}"))
