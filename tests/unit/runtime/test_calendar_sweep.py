"""The sweep over all zones (tests.load.calendar_laws): it passes for a zone, and it can fail."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leadline_runtime.core import segments
from leadline_runtime.core.calendar import Calendar
from tests.load.calendar_laws import agrees_with_the_wall, of_zone


def test_the_laws_hold_on_both_sides_of_every_change_of_clocks() -> None:
    found = of_zone("Australia/Lord_Howe", starts=1, seed=7)
    assert found.cases == 2 * found.transitions > 150
    assert found.broken == ()


def test_a_calendar_that_forgets_that_clocks_change_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    forgetful = lambda zone, midnight: segments._offset(zone, midnight, fold=0)  # noqa: E731
    monkeypatch.setattr(segments, "_steady_offset", forgetful)
    nine_to_six = Calendar("drawn", ZoneInfo("America/New_York"), [((540, 1080),)] * 7)
    on_the_day = datetime(2026, 3, 8, 13, 30, tzinfo=UTC)  # 09:30 on the wall, half past eight by the night's offset
    assert not agrees_with_the_wall(nine_to_six, on_the_day)
