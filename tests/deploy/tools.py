"""Where this project's deployment files and the tools that check them are."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"


@cache
def read_yaml(file: Path) -> Any:
    """The content of a YAML file; duplicate keys are errors."""
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


def tool(name: str) -> str:
    """Path of promtool or amtool, on PATH or brought by deploy/prometheus/install-promtool; else skips the test."""
    path = os.environ.get("PATH", "") + os.pathsep + str(ROOT / ".tools" / "bin")
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not here; deploy/prometheus/install-promtool brings it on Debian")
    return found


def run(*command: str | Path) -> str:
    """What a command says. Fails the test with it if its exit code is not 0."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
