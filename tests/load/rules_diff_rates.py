"""Leads compared by two versions of the rules, by the command of the console: over PostgreSQL and over a file.

Memory is what command and processes hold together, pages that they share counted once. It is compared between runs in
which the same processes work and as many leads are under way as ever are: fewer are compared by the command itself,
which needs no processes, and so says nothing of whether memory grows with the number of leads.
"""

import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil
import psycopg

from leadline_local.compiled import forms
from leadline_score.score_commands.diff_work import UNDER_WAY, processes
from leadline_score.score_commands.recorded import PAGE
from tests.support.scored_states import kinds_of_leads, others, put
from tests.support.scoring_files import version

PROMISED_LEADS = 100_000  # within a minute
KINDS = 400  # of leads, each really judged; the rest are these under other ids
LOOK_S = 0.05


@dataclass(frozen=True)
class Run:
    """A command that was run: how long, the time of processors and the most memory that it and its processes took
    together, what it said.
    """

    seconds: float
    cpu_s: float
    peak_mb: float
    told: dict[str, Any]


def prepared(database_url: str, directory: Path, leads: int, seed: int) -> tuple[Path, dict[str, str]]:
    """Fill score's tables; gives a file with other rules and the environment that the commands run in."""
    put(database_url, "score", others(kinds_of_leads(KINDS, random.Random(seed)), leads))
    new = version(
        directory / "scoring-new.yaml",
        ("fit/groups/company/rules/size/levels/2/points", 15),
        ("intent/groups/evaluation/rules/pricing_page/points", 8),
        ("bands/letter/B", {"enter": 33, "leave": 28}),
    )
    return new, {**os.environ, **forms.on_path(os.environ), "LEADLINE_DATABASE_URL": database_url}


def fewer(leads: int) -> int:
    """How many leads make the smaller of two runs whose memory is compared: a tenth, but all processes at work."""
    return max(leads // 10, processes() * UNDER_WAY * PAGE)


def start_s(environment: dict[str, str], new: Path, directory: Path) -> float:
    """What the command takes for a single lead: its start, which does not grow with their number."""
    one = directory / "one.jsonl"
    one.write_text('{"lead": {}, "acts": [], "as_of": "2026-03-01T00:00:00Z"}\n')
    return compared(environment, new, "--over", str(one)).seconds


def only(database_url: str, leads: int) -> None:
    """Forget all but the first leads."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "DELETE FROM score.state WHERE lead_id NOT IN (SELECT lead_id FROM score.state ORDER BY lead_id LIMIT %s)",
            (leads,),
        )


def exported(environment: dict[str, str], file: Path) -> float:
    """All leads into a file; gives the seconds it took."""
    started = monotonic()
    with file.open("wb") as into:
        subprocess.run(_leadline("score", "export", "--all", "--pii"), env=environment, stdout=into, check=True)
    return monotonic() - started


def compared(environment: dict[str, str], new: Path, *over: str) -> Run:
    """`leadline rules diff`, watched."""
    started = monotonic()
    command = _leadline("rules", "diff", "current", str(new), *over, "--json")
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        peak = cpu = 0.0
        while process.poll() is None:
            took, holds = _used(process.pid)
            peak, cpu = max(peak, holds), max(cpu, took)
            sleep(LOOK_S)
        out, said = process.communicate()
    assert process.returncode == 0, said.decode()
    return Run(monotonic() - started, cpu, peak, json.loads(out))


def _leadline(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "leadline_console", *arguments]


def _used(pid: int) -> tuple[float, float]:
    """Seconds of processors so far and megabytes now, of a process and those that it started."""
    cpu = memory = 0.0
    try:
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            times = each.cpu_times()
            cpu += times.user + times.system
            memory += each.memory_full_info().pss / 2**20
    except psutil.Error:  # one of them has just ended
        return 0.0, 0.0
    return cpu, memory
