"""Where a command finds a setting that nobody gave it."""

import os
from collections.abc import Mapping
from pathlib import Path


def setting(name: str, default: str | None = None) -> str | None:
    """A LEADLINE_ variable from the environment, else from the stack that `leadline up` started here or above."""
    if value := os.environ.get(name):
        return value
    for folder in (Path.cwd(), *Path.cwd().parents):
        for file in sorted((folder / ".leadline").glob("*.env")):
            if value := _variables(file).get(name):
                return value
    return default


def _variables(file: Path) -> Mapping[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)
