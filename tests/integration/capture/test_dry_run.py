"""`leadline import --dry-run` on a real PostgreSQL: it tells what the import then does, and writes nothing."""

import csv
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from leadline_capture.core.csv_lead import Imported
from leadline_capture.imports import trial as trials
from leadline_capture.imports.planning import Rows, Table
from leadline_capture.imports.trial import Kind, Sender, Trial
from leadline_capture.imports.trial_store import NothingStored, TrialStore
from leadline_local.endpoints import Endpoints
from leadline_runtime.consumed import Consumed
from leadline_runtime.sql import Sql
from leadline_schemas.codec import encode_model
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.capture.stored import StoredCapture
from tests.unit.capture.story import NOW, Told, rules
from tests.unit.capture_import.tables import table_of

pytestmark = pytest.mark.stack
EMAILS = ("ann@x.example", "Ann+tag@x.example", "bob@x.example", "info@x.example", "cy@y.example", "no address", "")
PHONES = ("+12125550101", "+12125550102", "", "")
NAMES = ("Ann Lee", "Bob Ray", "Cy Fox", "")
HEAD = ("E-Mail", "Phone", "Name", "Company", "Lead ID", "Owner")
TABLES = ("reservation", "state", "submission", "held")


@pytest.fixture
async def stored(stack: Endpoints, prefix: str) -> AsyncIterator[StoredCapture]:
    capture = await StoredCapture(stack.database_url, prefix).open()
    await capture.freeze(NOW)
    yield capture
    await capture.close()


@pytest.fixture
async def sql(stored: StoredCapture) -> AsyncIterator[Sql]:
    made = Sql(stored.url, stored.schema)
    yield made
    await made.close()


def listed(path: Path, rng: random.Random, rows: int) -> Path:
    """A list in which people meet each other, and those that are known."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(HEAD)
        for _ in range(rows):
            ids = rng.choice(("", "", "7", "8"))
            table.writerow([rng.choice(EMAILS), rng.choice(PHONES), rng.choice(NAMES), rng.choice("ABC"), ids, "ana"])
        table.writerow(["x", "y", "z", "a", "b", "c", "one too many"])
    return path


async def content(stored: StoredCapture) -> list[Any]:
    """Every row that capture has."""
    return [sorted(map(repr, await stored.rows_of(f"SELECT * FROM {table}"))) for table in TABLES]


def rows_of(table: Table) -> list[Imported]:
    """Its rows as leads."""
    rows = Rows(table)
    try:
        return list(rows)
    finally:
        rows.lines.close()


async def tried(store: TrialStore, sender: Sender, table: Table) -> Trial:
    """A dry run to its end."""
    trial, rows = Trial(store, rules(), sender, NOW), iter(rows_of(table))
    while await trial.take(rows):
        pass
    store.close()
    return trial


async def imported(stored: StoredCapture, trial: Trial, table: Table) -> list[tuple[int, Told]]:
    """The import itself, as far as capture is concerned."""
    told = []
    for row in rows_of(table):
        if row.payload is None:
            continue
        stored.offset += 1
        received = trial.received(row)
        key = str(received.submission_id).encode()
        headers = (("ce_type", b"leadline.lead.received"), ("ce_id", key))
        record = Consumed(LEAD_RECEIVED.name, stored.lane, stored.offset, key, encode_model(received), headers)
        told += [(row.row, each) for each in await stored.transact([record])]
    return told


def kinds(told: list[tuple[int, Told]], known: set[UUID]) -> Counter[Kind]:
    """What became of the rows, by what capture told of them."""
    found: Counter[Kind] = Counter()
    for _, each in told:
        if each.outcome.kind != "emitted":
            found["known"] += 1
        elif each.captured.outcome == "merged_into":
            found["merged" if each.captured.lead_id in known else "duplicate_in_file"] += 1
        else:
            found["new" if each.captured.outcome == "created" else "quarantined"] += 1
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_it_tells_what_the_import_then_does(
    stored: StoredCapture, sql: Sql, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trials, "_BATCH", 7)
    rng, sender = random.Random(seed), Sender("tests", "k1", trusted=seed % 2 == 0)
    first = table_of(listed(tmp_path / "first.csv", rng, 6), id_system="crm")
    await imported(stored, await tried(TrialStore(sql), sender, first), first)
    known = {row[0] for row in await stored.rows_of("SELECT lead_id FROM state")}
    table = table_of(listed(tmp_path / "second.csv", rng, 60), id_system="crm")
    before = await content(stored)
    trial = await tried(TrialStore(sql), sender, table)
    assert await content(stored) == before, "nothing was written"
    told = await imported(stored, trial, table)
    tally = trial.tally
    assert tally.counts == kinds(told, known) + Counter({"rejected": 1})
    assert (tally.rows, tally.counts["rejected"]) == (61, 1) and sum(tally.counts.values()) == 61
    made = [each.captured for _, each in told if each.events and each.captured.outcome == "created"]
    assert tally.alike == sum(any(other.lead_id in known for other in each.possible_duplicates) for each in made)
    for sample in tally.samples.get("merged", []):
        (event,) = [each.captured for row, each in told if row == sample.row]
        assert str(event.lead_id) in sample.says and all(name in sample.says for name in event.fields_changed)


async def test_a_list_that_came_before_is_known(stored: StoredCapture, sql: Sql, tmp_path: Path) -> None:
    table = table_of(listed(tmp_path / "list.csv", random.Random(1), 20))
    await imported(stored, await tried(TrialStore(sql), Sender("tests"), table), table)
    trial = await tried(TrialStore(sql), Sender("tests"), table)
    assert trial.tally.counts == Counter({"known": 20, "rejected": 1})


async def test_without_a_database_the_rows_are_told_from_each_other(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Email,Name\na@x.example,A\nA@x.example,A\nb@x.example,B\n,C\n", encoding="utf-8")
    trial = await tried(TrialStore(NothingStored()), Sender(), table_of(path))
    assert trial.tally.counts == Counter({"new": 2, "duplicate_in_file": 1, "quarantined": 1})
    assert trial.tally.reasons == Counter({"no_contact": 1})


def test_the_command_shows_counts_first_and_needs_no_door(stack: Endpoints, tmp_path: Path) -> None:
    path = listed(tmp_path / "list.csv", random.Random(3), 30)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
    argv = [sys.executable, "-m", "leadline_console", "import", str(path), "--dry-run"]
    given: dict[str, Any] = {"env": {**kept, **stack.environment()}, "capture_output": True, "text": True}
    shown = subprocess.run(argv, check=False, cwd=tmp_path, **given)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[0] == "31 rows; nothing was written. An import would make of them:"
    assert "rejected: nobody can say what they mean" in shown.stdout
    assert not any(value in shown.stdout for value in ("@", "Ann", "+1212"))
    told = json.loads(subprocess.run([*argv, "--json"], check=True, cwd=tmp_path, **given).stdout)
    assert told["rows"] == 31 and told["rejected"] == 1
    assert told["rows"] == sum(told[kind] for kind in trials.KINDS)
    assert told["read_as"]["columns"][0] == {"column": "E-Mail", "field": "email", "by": "header"}
    assert [each.name for each in tmp_path.iterdir()] == ["list.csv"], "neither report nor journal"
