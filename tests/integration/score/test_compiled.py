"""The compiled form of score's core says of each lead what the sources say, to the byte."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from leadline_local.compiled import forms

ROOT = Path(__file__).parents[3]
LEADS, SEED = 2000, 20260105


@pytest.mark.skipif(forms.current() is None, reason="no compiled form of these sources: `make compile` makes it")
def test_both_forms_say_and_keep_the_same_of_thousands_of_decisions() -> None:
    running = [judged(forms.on_path({})), judged({})]
    compiled, pure = (process.communicate(timeout=300)[0].splitlines() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert (compiled[0], pure[0]) == ("compiled", "python")
    assert len(pure) == 1 + LEADS
    others = [number for number, (one, other) in enumerate(zip(compiled[1:], pure[1:], strict=True)) if one != other]
    assert not others, f"leads {others[:10]} of seed {SEED} are judged otherwise when compiled"


def judged(more: dict[str, str]) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "tests.support.judged_leads", str(LEADS), str(SEED)]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.Popen(argv, cwd=ROOT, env={**kept, **more}, stdout=subprocess.PIPE, text=True)
