"""What a core says in its compiled form and as pure Python, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leadline_local.compiled import forms
from leadline_runtime.forms import core_form

ROOT = Path(__file__).parents[2]


def put_into(package: str) -> pytest.MarkDecorator:
    """The mark of tests that put bugs into a core that is loaded: compiled functions call each other past them."""
    return pytest.mark.skipif(core_form(package) == "compiled", reason=f"no bug can be put into {package} compiled")


def said_otherwise(module: str, leads: int, seed: int) -> list[int]:
    """The leads, by number, of which `python -m MODULE LEADS SEED` says something else in the compiled form."""
    running = [_said(module, leads, seed, forms.on_path({})), _said(module, leads, seed, {})]
    compiled, pure = (process.communicate(timeout=600)[0].splitlines() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert (compiled[0], pure[0]) == ("compiled", "python")
    assert len(pure) == 1 + leads
    return [number for number, (one, other) in enumerate(zip(compiled[1:], pure[1:], strict=True)) if one != other]


def _said(module: str, leads: int, seed: int, more: dict[str, str]) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", module, str(leads), str(seed)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(argv, cwd=ROOT, env={**kept, **more}, stdout=subprocess.PIPE, text=True)
