"""Where a command of `leadline` finds a setting that nobody gave it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_RULES: Final = "LEADLINE_RULES_DIR"


def setting(name: str, default: str | None = None) -> str | None:
    """A LEADLINE_ variable from the environment, else from the stack that `leadline up` started here or above."""
    if value := os.environ.get(name):
        return value
    for folder in _stacks():
        for file in sorted(folder.glob("*.env")):
            if found := _variables(file).get(name):
                return found
    return default


def rules_directory() -> Path | None:
    """The operator's own rules, by LEADLINE_RULES_DIR; None means those that ship."""
    return Path(found) if (found := setting(_RULES)) else None


def _stacks() -> list[Path]:
    if chosen := os.environ.get("LEADLINE_HOME"):
        return [Path(chosen).expanduser()]
    return [folder / ".leadline" for folder in (Path.cwd(), *Path.cwd().parents)]


def _variables(file: Path) -> Mapping[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}  # of another user: then it is not our stack
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
