"""Lists through `leadline import`: rows a second from the file until Kafka has them, and how much memory that takes."""

import csv
import json
import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter, sleep
from urllib.request import Request, urlopen

from tests.load.people import person
from tests.support.pipeline import Pipeline

COLUMNS = ("Name", "Job Title", "Email", "Company", "Employees", "Industry", "State", "Country", "Phone", "List")
FIELDS = ("name", "title", "email", "company", "employees", "industry", "state", "country", "phone", "source_detail")


@dataclass(frozen=True)
class Imported:
    """One import as its user sees it: the whole command, start and report included. `peak_mb`: of its memory."""

    rows_per_s: float
    peak_mb: float
    rows: int


def write_list(path: Path, rows: int, seed: int) -> None:
    """A list of people whose addresses do not repeat."""
    rng = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for _ in range(rows):
            made = person(rng)
            table.writerow([made.get(field, "") for field in FIELDS])


def list_imported(pipeline: Pipeline, key: str, rows: int, seed: int) -> Imported:
    """A new list of so many rows, imported."""
    path = pipeline.directory / f"list-{rows}.csv"
    write_list(path, rows, seed)
    return import_list(pipeline, key, path)


def import_list(pipeline: Pipeline, key: str, path: Path) -> Imported:
    """Import it with the command."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LEADLINE_")}
    environment |= {"LEADLINE_API_KEY": key, "LEADLINE_EDGE_URL": pipeline.url}
    argv = [sys.executable, "-m", "leadline_console", "import", str(path), "--json"]
    began = perf_counter()
    peak = 0.0
    with TemporaryFile() as told, TemporaryFile() as said:
        running = subprocess.Popen(argv, env=environment, stdout=told, stderr=said)
        while running.poll() is None:
            peak = max(peak, _peak_mb(running.pid))
            sleep(0.02)
        took = perf_counter() - began
        told.seek(0)
        said.seek(0)
        assert running.returncode == 0, said.read().decode()[-1000:]
        counts = json.loads(told.read())
    assert counts["accepted"] == counts["rows"], counts
    return Imported(counts["rows"] / took, peak, counts["rows"])


def post_list(pipeline: Pipeline, key: str, rows: int, seed: int) -> float:
    """Rows a second of a list that is posted whole, from the request until the door says that it is done."""
    path = pipeline.directory / f"posted-{rows}.csv"
    write_list(path, rows, seed)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    began = perf_counter()
    with urlopen(Request(f"{pipeline.url}/v1/imports", path.read_bytes(), headers), timeout=60) as answer:
        told = json.load(answer)
    while told["state"] not in ("done", "failed"):
        sleep(0.05)
        with urlopen(Request(f"{pipeline.url}/v1/imports/{told['id']}", headers=headers), timeout=10) as answer:
            told = json.load(answer)
    took = perf_counter() - began
    assert (told["state"], told["accepted"]) == ("done", rows), told
    return rows / took


def _peak_mb(pid: int) -> float:
    """The most memory that a process had in use at a time until now (not its parent's before it was started)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return max((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), default=0.0)
