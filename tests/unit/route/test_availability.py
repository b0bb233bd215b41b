"""Who is there: hours in the member's own zone, lunch, holidays, absences of days and of hours."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Absence, Hours
from tests.unit.route.leads import at, shipped

CALENDAR = shipped().team.members["cleo"].hours.calendar  # New York, 09:00-12:30 and 13:30-18:00


def duty(moment: str, *absences: tuple[str, str]) -> tuple[str, str, str]:
    """State, until when, back at; with these absences."""
    away = tuple(sorted((Absence(at(a), at(b), "leave") for a, b in absences), key=lambda each: each.start))
    found = Hours(CALENDAR, away).duty(at(moment))
    return found.state, found.until.strftime("%d %H:%M"), found.back_at.strftime("%d %H:%M")


def test_on_duty_until_lunch() -> None:
    assert duty("2026-03-12T15:00:00Z") == ("on", "12 16:30", "12 15:00")


def test_at_lunch_she_is_back_in_an_hour() -> None:
    assert duty("2026-03-12T16:30:00Z") == ("off", "12 17:30", "12 17:30")


def test_on_friday_evening_she_is_back_on_monday_which_has_summer_time() -> None:
    assert duty("2026-03-06T23:00:00Z") == ("off", "09 13:00", "09 13:00")


def test_memorial_day_is_a_holiday() -> None:
    assert duty("2026-05-25T15:00:00Z")[0] == "off"


def test_a_dentist_in_the_morning() -> None:
    dentist = ("2026-03-12T13:00:00Z", "2026-03-12T15:00:00Z")
    assert duty("2026-03-12T14:00:00Z", dentist) == ("absent", "12 15:00", "12 15:00")
    assert duty("2026-03-12T15:00:00Z", dentist)[0] == "on"


def test_leave_that_ends_on_a_saturday_ends_on_monday() -> None:
    leave = ("2026-03-09T04:00:00Z", "2026-03-14T04:00:00Z")
    assert duty("2026-03-10T15:00:00Z", leave)[0] == "absent"
    assert duty("2026-03-10T15:00:00Z", leave)[2] == "16 13:00"


def test_one_absence_after_the_other_is_one_way_out() -> None:
    leave, illness = ("2026-03-09T04:00:00Z", "2026-03-11T04:00:00Z"), ("2026-03-10T04:00:00Z", "2026-03-12T04:00:00Z")
    assert duty("2026-03-09T15:00:00Z", leave, illness)[2] == "12 13:00"


def test_duty_ends_where_an_absence_begins() -> None:
    assert duty("2026-03-12T14:00:00Z", ("2026-03-12T15:00:00Z", "2026-03-13T04:00:00Z")) == (
        "on", "12 15:00", "12 14:00",
    )  # fmt: skip


@pytest.mark.parametrize("member", ["ana", "cleo", "dev", "fay", "hana"])
@settings(max_examples=25)
@given(st.integers(0, 60 * 24 * 30), st.integers(0, 60 * 24 * 30))
def test_what_is_remembered_is_what_would_be_found(member: str, first: int, second: int) -> None:
    """Asked in any order, the remembered duty never differs from a fresh one, and it holds until it says."""
    known, start = shipped().team.members[member].hours, datetime(2026, 2, 25, tzinfo=UTC)
    for minutes in (first, second):
        moment = start + timedelta(minutes=minutes)
        fresh = Hours(known.calendar, known.absences).duty(moment)
        found = known.duty(moment)
        assert (found.state, found.until, found.on_shift) == (fresh.state, fresh.until, fresh.on_shift)
        assert found.back_at == fresh.back_at or found.state == "on"
        last = Hours(known.calendar, known.absences).duty(found.until - timedelta(microseconds=1))
        assert last.state == found.state
        after = Hours(known.calendar, known.absences).duty(fresh.back_at)
        assert after.state == "on"
