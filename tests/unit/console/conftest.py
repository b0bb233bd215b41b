"""The command, run where nothing of the developer's own is in reach."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline_console.app import build

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def leadline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `leadline ...`: the exit code and what was printed, errors too."""
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(build(), [*map(str, arguments)])
        return result.exit_code, result.output

    return run
