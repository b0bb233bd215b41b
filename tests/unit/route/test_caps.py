"""Caps count by the member's own calendar days, weeks and months (rules B4.2)."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.caps import Caps, Days, counted, reached
from tests.support.golden import golden, instant
from tests.unit.route.leads import at

VECTOR: dict[str, Any] = golden()["vectors"]["day_cap"]


def test_the_vector_of_the_design() -> None:
    """A UTC day would refuse the last one."""
    days, caps = Days(ZoneInfo(VECTOR["member_zone"])), Caps(day=VECTOR["cap_per_day"])
    assigned: dict[str, int] = {}
    for each in VECTOR["assignments"]:
        moment = instant(each["at"])
        cap = reached(caps, 0, assigned, days, moment)
        assert (cap is not None) == each.get("refused", False)
        if cap is None:
            assigned = counted(assigned, days, moment)
            assert assigned[each["local_day"]] == each["n"]


def test_the_day_is_told_in_utc_too() -> None:
    days = Days(ZoneInfo("America/Los_Angeles"))
    cap = reached(Caps(day=2), 0, {"2026-03-10": 2}, days, at("2026-03-10T22:00:02Z"))
    assert cap is not None
    assert cap.why == "day cap 2 of 2 (day 2026-03-10 in America/Los_Angeles = 07:00Z to 07:00Z)"
    assert cap.free_at == at("2026-03-11T07:00:00Z")


def test_on_the_day_clocks_go_forward_a_day_has_23_hours() -> None:
    day = Days(ZoneInfo("America/New_York")).of(at("2026-03-08T12:00:00Z"))
    assert day.end - day.start == timedelta(hours=23)


def test_a_week_begins_on_monday_and_a_month_on_the_first() -> None:
    days, monday = Days(ZoneInfo("Europe/London")), at("2026-03-02T12:00:00Z")
    assigned = {"2026-03-01": 5, "2026-03-02": 3}
    assert reached(Caps(week=4), 0, assigned, days, monday) is None
    week = reached(Caps(week=3), 0, assigned, days, monday)
    assert week is not None
    assert week.why == "week cap 3 of 3 (week from 2026-03-02 in Europe/London)"
    assert week.free_at == at("2026-03-09T00:00:00Z")
    month = reached(Caps(month=8), 0, assigned, days, monday)
    assert month is not None
    assert month.why == "month cap 8 of 8 (2026-03 in Europe/London)"
    assert month.free_at == at("2026-03-31T23:00:00Z")  # 1 April, British Summer Time


def test_the_open_cap_opens_by_no_clock() -> None:
    cap = reached(Caps(open=2), 2, {}, Days(ZoneInfo("UTC")), at("2026-03-10T12:00:00Z"))
    assert cap is not None
    assert (cap.why, cap.free_at) == ("open cap 2 of 2", None)


def test_where_clocks_change_at_midnight_each_instant_has_one_day() -> None:
    """In Beirut 00:00 is missing in spring, and an hour of yesterday comes twice in autumn."""
    zone = ZoneInfo("Asia/Beirut")
    for start in ("2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z"):
        previous = None
        for minutes in range(0, 36 * 60, 15):
            moment = at(start) + timedelta(minutes=minutes)
            day = Days(zone).of(moment)
            assert day.start <= moment < day.end
            assert previous is None or previous == day or previous.end == day.start
            previous = day


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60 * 24 * 70), max_size=60), st.sampled_from(["Asia/Tokyo", "America/New_York"]))
def test_counts_forget_nothing_that_a_cap_can_ask(minutes: list[int], zone: str) -> None:
    days, start = Days(ZoneInfo(zone)), at("2026-02-20T00:00:00Z")
    moments = [start + timedelta(minutes=each) for each in sorted(minutes)]
    assigned: dict[str, int] = {}
    for number, moment in enumerate(moments, 1):
        assigned = counted(assigned, days, moment)
        today, before = days.of(moment), [days.of(each) for each in moments[:number]]
        for first in (today.day, today.week, today.month):
            kept = sum(n for day, n in assigned.items() if day >= first.isoformat())
            assert kept == sum(1 for each in before if each.day >= first)
