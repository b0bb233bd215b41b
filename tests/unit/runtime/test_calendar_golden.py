"""The calendar vectors of the design, to the second, on the calendars that ship."""

from datetime import timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from leadline_runtime.calendar_words import parse_segment
from leadline_runtime.calendars import Calendars, build_calendars
from leadline_runtime.core.calendar import Calendar, due, elapsed, open_fraction
from leadline_runtime.core.pauses import due_with_pauses
from leadline_runtime.core.segments import to_instant, united, utc_segments
from leadline_runtime.rules import RulesSpec, load_rules
from tests.support.golden import golden, instant, vectors

ISO_DURATION = TypeAdapter(timedelta)


@cache
def shipped() -> Calendars:
    file = "calendars.yaml"
    spec = RulesSpec("leadline_runtime", (file,), lambda contents: build_calendars(contents[file], file))
    return load_rules(spec).rules


def duration(text: str) -> timedelta:
    return ISO_DURATION.validate_python(text)


def name(vector: dict[str, Any]) -> str:
    return str(vector["name"])


@pytest.mark.parametrize("calendar", ["us_east", "us_west", "emea", "always"])
def test_the_shipped_holidays_of_2026_are_those_of_the_demo_company(calendar: str) -> None:
    closed = sorted(day.isoformat() for day in shipped()[calendar].closed if day.year == 2026)
    assert closed == golden()["company"]["calendars"][calendar]["closed"]


@pytest.mark.parametrize("vector", vectors("calendar_working"), ids=name)
def test_working_time(vector: dict[str, Any]) -> None:
    calendar, start = shipped()[vector["calendar"]], instant(vector["start"])
    due_at = due(calendar, start, duration(vector["working"]), "working")
    assert due_at == instant(vector["due_at"])
    assert warnings_of(calendar, start, due_at) == (instant(vector["warn_50"]), instant(vector["warn_80"]))


@pytest.mark.parametrize("vector", vectors("calendar_wall_rolled"), ids=name)
def test_plain_time_rolled_into_open_time(vector: dict[str, Any]) -> None:
    calendar, start = shipped()[vector["calendar"]], instant(vector["start"])
    due_at = due(calendar, start, duration(vector["wall"]), "wall_rolled")
    assert due_at == instant(vector["due_at"])
    assert warnings_of(calendar, start, due_at) == (instant(vector["warn_50"]), instant(vector["warn_80"]))


def warnings_of(calendar: Calendar, start: Any, due_at: Any) -> tuple[Any, Any]:
    return tuple(open_fraction(calendar, start, due_at, Fraction(p, 100)) for p in (50, 80))  # type: ignore[return-value]


@pytest.mark.parametrize("vector", vectors("pause"), ids=lambda v: v["start"])
def test_a_pause_moves_the_due_time(vector: dict[str, Any]) -> None:
    calendar, start, work = shipped()[vector["calendar"]], instant(vector["start"]), duration(vector["working"])
    begin, end = map(instant, vector["pause"])
    assert due(calendar, start, work, "working") == instant(vector["due_without"])
    assert elapsed(calendar, start, begin) == duration(vector["worked_before"])
    assert elapsed(calendar, begin, end) == duration(vector["paused_working"])
    assert due_with_pauses(calendar, start, work, "working", [(begin, end)]) == instant(vector["due_at"])


@pytest.mark.parametrize("vector", vectors("segments"), ids=lambda v: f"{v['weekly']} on {v['date']}")
def test_local_hours_on_the_days_the_clocks_change(vector: dict[str, Any]) -> None:
    hours = [parse_segment(text) for text in vector["weekly"].removeprefix("sun ").split(", ")]
    day = instant(vector["date"]).date()
    found = [(to_instant(a), to_instant(b)) for a, b in united(utc_segments(ZoneInfo(vector["zone"]), day, hours))]
    assert found == [tuple(map(instant, s)) for s in vector.get("utc") or vector["utc_union"]]
