"""When a thing happened, as far as its sender's clock can be believed (rules B1.3)."""

from datetime import datetime, timedelta

import pytest

from leadline_capture.core.effective_time import Trusted, corrected_time, effective_time
from tests.support.golden import vectors
from tests.unit.capture.story import MINUTE, NOW, Capture

TRUSTED = Trusted(timedelta(hours=72), timedelta(minutes=5))
VECTORS = vectors("late_and_skewed")


def clock(text: str) -> datetime:
    hour, minute, second = map(int, text.split(":"))
    return NOW.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize("vector", VECTORS[:3], ids=lambda v: v["occurred_at"])
def test_its_own_time_counts_where_it_is_believable(vector: dict[str, str]) -> None:
    found = effective_time(clock(vector["occurred_at"]), clock(vector["received_at"]), TRUSTED)
    assert found.at == clock(vector["start"])
    assert (found.flag == "future_time") == ("future" in vector.get("flag", ""))
    assert not found.historical


def test_what_is_older_than_three_days_is_historical_and_keeps_its_time() -> None:
    assert VECTORS[3]["occurred_at"] == "4 days ago" and "historical" in VECTORS[3]["result"]
    found = effective_time(NOW - timedelta(days=4), NOW, TRUSTED)
    assert (found.at, found.flag, found.historical) == (NOW - timedelta(days=4), "too_late", True)


def test_a_clock_that_is_off_is_corrected_by_when_it_says_it_sent() -> None:
    given = VECTORS[4]["segment"]
    found = corrected_time(clock(given["timestamp"]), clock(given["sentAt"]), clock(given["receivedAt"]))
    assert found == clock(VECTORS[4]["occurred_at"])


@pytest.mark.parametrize("late", [timedelta(hours=72), timedelta(minutes=-5), timedelta(0)])
def test_both_limits_are_believed(late: timedelta) -> None:
    assert effective_time(NOW - late, NOW, TRUSTED).at == NOW - late


def test_a_late_submission_is_flagged_and_starts_no_clock() -> None:
    told = Capture().lead({"email": "a@x.example", "occurred_at": (NOW - timedelta(days=4)).isoformat()})
    assert told.captured.notes == ("too_late",)
    assert [r.historical for r in told.captured.requests] == [True]
    assert told.captured.requests[0].start == NOW - timedelta(days=4)


def test_a_submission_from_the_future_counts_from_its_receipt() -> None:
    told = Capture().lead({"email": "a@x.example", "occurred_at": (NOW + 20 * MINUTE).isoformat()})
    assert (told.captured.notes, told.captured.requests[0].start) == (("future_time",), NOW)
