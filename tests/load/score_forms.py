"""What judging costs in the form that production runs, and as pure Python beside it, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from leadline_local.compiled import forms

Told = tuple[str, float, str, dict[str, Any]]
RATE = "score_core_rate"


def in_both_forms(seed: int) -> Iterator[Told]:
    """The measures of judging; if these sources are compiled, also the pure rate and the gain over it."""
    print(forms.told(), file=sys.stderr)
    compiled = forms.on_path(os.environ)
    rate = 0.0
    for told in _measured(seed, compiled):
        rate = told[1] if told[0] == RATE else rate
        yield told
    if compiled:
        pure = next(_measured(seed, {}, "--first"))[1]
        yield f"{RATE}_pure", pure, "leads/s", {}
        yield f"{RATE}_compiled", rate, "leads/s", {"baseline": f"{RATE}_pure", "ratio": round(rate / pure, 2)}


def _measured(seed: int, more: dict[str, str], *options: str) -> Iterator[Told]:
    argv = [sys.executable, "-m", "tests.load.score_rates", "--here", "--seed", str(seed), *options]
    done = subprocess.run(argv, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    for line in done.stdout.splitlines():
        name, value, unit, promises = json.loads(line)
        yield name, value, unit, promises
