"""`leadline calendar show`: when a calendar is open, and why a day is not as usual."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.unit.console.conftest import Run


@pytest.fixture
def show(leadline: Run) -> Run:
    """Runs `leadline calendar show ...`."""
    return partial(leadline, "calendar", "show")


def days(show: Run, *arguments: object) -> dict[str, dict[str, Any]]:
    code, said = show(*arguments, "--json")
    assert code == 0, said
    return {each["day"]: each for each in json.loads(said)["days"]}


def test_the_week_of_a_day_begins_on_its_monday_and_is_told_in_local_time_and_utc(show: Run) -> None:
    found = days(show, "us_east", "--week", "2026-03-12")
    assert list(found) == [f"2026-03-{day:02d}" for day in range(9, 16)]
    assert found["2026-03-12"] == {
        "weekday": "Thu", "day": "2026-03-12", "hours": ["09:00-18:00"],
        "utc": [["2026-03-12T13:00:00Z", "2026-03-12T22:00:00Z"]], "open_seconds": 32_400, "why": "",
    }  # fmt: skip
    assert found["2026-03-15"]["hours"] == [] and found["2026-03-15"]["open_seconds"] == 0


def test_a_holiday_is_named(show: Run) -> None:
    found = days(show, "emea", "--week", "2026-04-01", "--weeks", 2)
    closed = {day: each["why"] for day, each in found.items() if each["why"]}
    assert closed == {"2026-04-03": "Good Friday", "2026-04-06": "Easter Monday"}


def test_the_night_of_a_change_of_clocks_is_an_hour_shorter(show: Run, tmp_path: Path) -> None:
    found = days(show, "nights", "--file", nights(tmp_path), "--week", "2026-03-08")
    sunday = found["2026-03-08"]
    assert sunday["why"] == "clocks go forward 60 min" and sunday["open_seconds"] == 5 * 3600
    assert sunday["utc"] == [["2026-03-08T05:00:00Z", "2026-03-08T10:00:00Z"]]
    assert found["2026-03-07"]["why"] == "special hours"


def test_who_asks_without_a_name_sees_the_default_of_the_company(show: Run) -> None:
    code, said = show("--week", "2026-03-09")
    assert code == 0 and said.startswith("us_east in America/New_York, version 2026-03-01 (holidays ")
    assert "open 45 h in all" in said


def test_a_calendar_that_is_not_there_is_refused_with_the_one_that_was_meant(show: Run, tmp_path: Path) -> None:
    assert show("emae") == (2, "There is no calendar 'emae'; did you mean emea?\n")
    code, said = show("--file", tmp_path / "none.yaml")
    assert code == 2 and "There is no file" in said


def nights(folder: Path) -> Path:
    file = folder / "calendars-nights.yaml"
    file.write_text("""
version: april
default: nights
calendars:
  nights:
    zone: America/New_York
    weekly: {mon-sun: ["00:00-06:00"]}
    special: {2026-03-07: ["00:00-02:00"]}
examples: []
""")
    return file
