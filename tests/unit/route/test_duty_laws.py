"""Laws of who is there, where clocks change in many ways: by an hour, half an hour, at midnight, a whole day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Absence, Hours
from leadline_runtime.core.calendar import Calendar

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
# A day near a change of the clocks in each zone; the last two change at midnight, and skip a whole day.
ZONES = {
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Los_Angeles": (date(2026, 3, 8), date(2026, 11, 1)),
    "Europe/London": (date(2026, 3, 29), date(2026, 10, 25)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "America/Santiago": (date(2026, 4, 5), date(2026, 9, 6)),
    "Asia/Kolkata": (date(2026, 3, 8),),
    "Asia/Beirut": (date(2026, 3, 29), date(2026, 10, 25)),
    "Pacific/Apia": (date(2011, 12, 30),),
}
blocks = st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(
    lambda marks: tuple((a * 15, b * 15) for a, b in zip(sorted(marks)[::2], sorted(marks)[1::2], strict=False))
)


@st.composite
def people(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Somebody with hours by weekday (part-time: some days none), a day off, absences of any length; and an instant."""
    name = draw(st.sampled_from(sorted(ZONES)))
    zone, day = ZoneInfo(name), draw(st.sampled_from(ZONES[name]))
    week = [draw(st.one_of(st.just(()), blocks)) for _ in range(7)]
    week[draw(st.integers(0, 6))] = ((540, 1020),)
    closed = frozenset(draw(st.sets(st.integers(-3, 3).map(lambda days: day + timedelta(days=days)), max_size=2)))
    middle = datetime.combine(day, time(), zone).astimezone(UTC)
    minutes = st.integers(-72 * 60, 72 * 60)
    away = []
    for _ in range(draw(st.integers(0, 3))):
        start = middle + draw(minutes) * MINUTE
        away.append(Absence(start, start + draw(st.integers(1, 40 * 60)) * MINUTE, "leave"))
    hours = Hours(Calendar("someone", zone, week, closed), tuple(sorted(away, key=lambda each: each.start)))
    return hours, middle + draw(minutes) * MINUTE


def fresh(hours: Hours) -> Hours:
    """The same person, remembered nothing of."""
    return Hours(hours.calendar, hours.absences)


@settings(max_examples=150)
@given(people(), st.integers(0, 10**6))
def test_one_state_at_each_instant_and_it_holds_until_it_says(found: tuple[Hours, datetime], share: int) -> None:
    hours, at = found
    duty = fresh(hours).duty(at)
    assert duty.since <= at < duty.until
    between = at + (duty.until - at) * share / 10**6
    if between < duty.until:
        assert fresh(hours).duty(between).state == duty.state
    away = any(each.start <= at < each.end for each in hours.absences)
    assert (duty.state == "absent") is away
    assert (duty.state == "on") is (duty.on_shift and not away)


@settings(max_examples=150)
@given(people(), st.integers(0, 10**6))
def test_the_next_time_somebody_is_there_is_the_first(found: tuple[Hours, datetime], share: int) -> None:
    hours, at = found
    back = fresh(hours).next_available(at)
    assert back >= at
    assert fresh(hours).duty(back).state == "on"
    assert fresh(hours).next_available(back) == back
    assert (back == at) is (fresh(hours).duty(at).state == "on")
    before = at + (back - at) * share / 10**6
    if before < back:
        assert fresh(hours).duty(before).state != "on"
        assert fresh(hours).next_available(before) == back


@settings(max_examples=150)
@given(people())
def test_away_from_a_change_of_the_clocks_the_local_time_says_it(found: tuple[Hours, datetime]) -> None:
    """And on its two sides the same local hours are worked, though their instants are shifted."""
    hours, at = found
    zone = hours.calendar.zone
    local = at.astimezone(zone)
    steady = all((at + hours * HOUR).astimezone(zone).utcoffset() == local.utcoffset() for hours in (-25, 25))
    minute = local.hour * 60 + local.minute
    works = any(start <= minute < end for start, end in hours.calendar.hours(local.date()))
    if steady:
        assert fresh(hours).duty(at).on_shift is works


def test_nine_to_five_is_eight_hours_on_every_day_whose_clocks_change_at_night() -> None:
    for name in ("America/New_York", "Europe/London"):
        zone = ZoneInfo(name)
        someone = Hours(Calendar("someone", zone, [((540, 1020),)] * 7))
        for day in ZONES[name]:
            for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
                opens = datetime.combine(near, time(9), zone).astimezone(UTC)
                duty = someone.duty(opens)
                assert (duty.state, duty.until - opens) == ("on", 8 * HOUR)
                assert someone.duty(opens - timedelta(microseconds=1)).state == "off"


def test_a_night_shift_over_the_change_is_an_hour_shorter_or_longer() -> None:
    someone = Hours(Calendar("someone", ZoneInfo("America/New_York"), [((0, 360),)] * 7))
    for day, worked in ((date(2026, 3, 8), 5), (date(2026, 11, 1), 7), (date(2026, 6, 7), 6)):
        midnight = datetime.combine(day, time(), ZoneInfo("America/New_York")).astimezone(UTC)
        assert someone.duty(midnight).until - midnight == worked * HOUR
