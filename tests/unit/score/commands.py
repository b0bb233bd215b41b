"""Runs `leadline score ...` as a person would, and gives what was printed or what was wrong."""

from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from leadline_runtime.rules import RulesError
from leadline_score import commands

Run = Callable[..., str]


def runner(monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("test", file, code=1)`: what stood on stdout, or the sentence of the error. `code`: the exit code wanted."""
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    app = typer.Typer()
    commands.register(app)
    app.command("nothing")(lambda: None)  # with one command alone typer would leave out its name

    def run(*arguments: str, code: int = 0, given: str = "") -> str:
        result = CliRunner().invoke(app, ["score", *map(str, arguments)], input=given)
        error = result.exception
        found = 2 if isinstance(error, RulesError) else getattr(error, "exit_code", result.exit_code)
        assert found == code, (result.output, error)
        told = error is not None and not isinstance(error, SystemExit)
        return str(error) if told else result.stdout

    return run
