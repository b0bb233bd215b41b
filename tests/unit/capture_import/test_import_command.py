"""`leadline import` before a door that really listens."""

import asyncio
import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands
from leadline_schemas.ids import submission_id_of_key
from tests.support.door import Visitor, open_door
from tests.unit.capture_import.tables import DATA

Command = Callable[..., Any]
LIST = "Email,Name,Colour\n" + "".join(f"p{n}@x.example,Person {n},red\n" for n in range(1, 701))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Runs `leadline import ...` beside the door and gives its JSON, or the text of its error."""
    for name in ("LEADLINE_RULES_DIR", "LEADLINE_API_KEY", "LEADLINE_EDGE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    commands.register(app)

    async def run(door: Visitor | None, *arguments: str, code: int = 0) -> Any:
        if door is not None:
            monkeypatch.setenv("LEADLINE_API_KEY", door.key)
            arguments = (*arguments, "--edge", door.url)
        given = ["import", *arguments, "--json"]
        result = await asyncio.to_thread(CliRunner().invoke, app, given)
        error = result.exception if result.exception and not isinstance(result.exception, SystemExit) else None
        assert (getattr(error, "exit_code", 1) if error else result.exit_code) == code, (result, result.output)
        return str(error) if error else json.loads(result.stdout)

    return run


def listed(tmp_path: Path, text: str = LIST) -> str:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    return str(tmp_path / "list.csv")


def report_of(told: Any) -> list[dict[str, str]]:
    with Path(told["report"]).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def test_every_row_is_a_submission_and_a_line_of_the_report(command: Command, tmp_path: Path) -> None:
    async with open_door() as door:
        told = await command(door, listed(tmp_path), "--source", "event", "--type", "event_attended")
        assert (told["rows"], told["accepted"], told["rejected"], told["sent_now"]) == (700, 700, 0, True)
        written = {str(received.submission_id): received for _, received, _ in door.log.written}
        report = report_of(told)
        assert len(written) == len(report) == 700
        for row in report:
            received = written[row["submission_id"]]
            body = json.loads(received.body)
            assert body["email"] == f"p{row['row']}@x.example" and int(row["line"]) == int(row["row"]) + 1
            assert received.submission_id == submission_id_of_key("website", body["id"])
            assert received.historical and body["source"] == "event" and body["extra"] == {"Colour": "red"}
        assert not any("@" in cell for row in report for cell in row.values()), "a report holds nobody's data"


async def test_the_same_command_again_sends_nothing(command: Command, tmp_path: Path) -> None:
    async with open_door() as door:
        first = await command(door, listed(tmp_path))
        again = await command(door, listed(tmp_path))
        assert len(door.log.written) == 700 and again == {**first, "sent_now": False}
        other = await command(door, listed(tmp_path), "--map", "Colour=interest", "--live")
        assert other["report"] != first["report"] and not door.log.written[-1][1].historical


async def test_another_door_has_the_list_yet_to_come(command: Command, tmp_path: Path) -> None:
    async with open_door() as staging, open_door() as production:
        await command(staging, listed(tmp_path))
        told = await command(production, listed(tmp_path))
        assert told["sent_now"] and len(production.log.written) == 700


async def test_a_door_that_goes_away_stops_it_and_the_next_run_goes_on(command: Command, tmp_path: Path) -> None:
    async with open_door() as door:
        door.log.away = True
        error = await command(door, listed(tmp_path), "--patience", "0.1", code=3)
        assert "run the same command again" in error
        door.log.away = False
        told = await command(door, listed(tmp_path))
        ids = [str(received.submission_id) for _, received, _ in door.log.written]
        assert told["accepted"] == 700 and len(set(ids)) == 700
        assert [row["row"] for row in report_of(told)] == [str(n) for n in range(1, 701)]


async def test_broken_rows_are_rejected_with_their_reasons(command: Command) -> None:
    async with open_door() as door:
        told = await command(door, str(DATA / "broken.csv"), "--report", "out.csv", code=1)
        assert (told["rows"], told["accepted"], told["rejected"], told["noted"]) == (6, 4, 2, 2)
        report = report_of(told)
        assert [row["status"] for row in report] == ["accepted", "rejected"] * 2 + ["accepted"] * 2
        assert len(door.log.written) == 4


async def test_mistakes_are_told_before_anything_is_sent(command: Command, tmp_path: Path) -> None:
    async with open_door() as door:
        file = listed(tmp_path)
        assert "There is no column 'Mail'" in await command(door, file, "--map", "Mail=email", code=2)
        assert "No column is an e-mail" in await command(door, listed(tmp_path, "Colour\nred\n"), code=2)
        assert "There is no row in it" in await command(door, listed(tmp_path, ""), code=2)
        assert "cannot be read" in await command(door, str(tmp_path / "none.csv"), code=2)
        (tmp_path / "cut.csv").write_bytes(b"\x1f\x8b\x08")
        assert "no whole gzip file" in await command(door, str(tmp_path / "cut.csv"), code=2)
        (tmp_path / "map.json").write_text("[]")
        assert "one object" in await command(door, file, "--map-file", str(tmp_path / "map.json"), code=2)
        door.keys.replace([])
        assert "does not take this key (401)" in await command(door, listed(tmp_path), code=2)
        (tmp_path / "mine.csv").write_text("what somebody needs\n")
        assert "is another file" in await command(door, file, "--report", str(tmp_path / "mine.csv"), code=2)
        assert (tmp_path / "mine.csv").read_text() == "what somebody needs\n"
        assert door.log.written == []


async def test_without_a_key_it_says_how_to_make_one(command: Command, tmp_path: Path) -> None:
    assert "keys create" in await command(None, listed(tmp_path), code=2)
