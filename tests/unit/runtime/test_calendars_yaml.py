"""calendars.yaml is read strictly; a mistake is told with its path and what would be right."""

import timeit
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from leadline_runtime import rules
from leadline_runtime.calendars import CalendarRules, build_calendar, build_calendars
from leadline_runtime.core.calendar import Calendar, add, elapsed, next_opening
from leadline_runtime.durations import parse_duration
from leadline_runtime.rules import RulesError, RulesSpec, read_rules, read_yaml

GOOD = """
version: 1
default: shop
calendars:
  shop:
    zone: Europe/Berlin
    weekly: {tue-thu: [09:00-12:30, 13:30-18:00], sat: [10:00-24:00]}
    holidays: [{country: DE, subdivision: BY, names: [Labor Day, Epiphany]}]
    closed: [2026-03-11]
    special: {2026-03-15: [10:00-12:00], 2026-03-17: []}
examples:
  - {name: over lunch, calendar: shop, start: 2026-03-10T11:00:00Z, duration: 1 h, due: 2026-03-10T13:00:00Z}
"""


def build(text: str) -> Any:
    return build_calendars(read_yaml("calendars.yaml", text), "calendars.yaml")


def test_hours_holidays_closed_and_special_days() -> None:
    shop = build(GOOD)["shop"]
    assert shop.hours(date(2026, 3, 10)) == ((540, 750), (810, 1080))
    assert shop.hours(date(2026, 3, 9)) == ()  # a Monday
    assert shop.hours(date(2026, 3, 14)) == ((600, 1440),)
    assert shop.hours(date(2026, 3, 11)) == ()  # closed
    assert shop.hours(date(2026, 1, 6)) == ()  # Epiphany, a Tuesday, in Bavaria
    assert shop.hours(date(2026, 3, 15)) == ((600, 720),)  # a Sunday with hours
    assert shop.hours(date(2026, 3, 17)) == ()
    assert shop.version.startswith("1 (holidays ")


# Half days: of a holiday, of dates of every year, of a single date.
HALF_DAYS = """
version: 1
default: shop
calendars:
  shop:
    zone: Europe/Berlin
    weekly: {mon-fri: [09:00-12:30, 13:30-18:00], sat: [10:00-14:00]}
    holidays:
      - {country: DE, names: [Labor Day]}
      - {country: DE, names: [Epiphany], subdivision: BY, hours: [08:00-12:00]}
    yearly: {12-24: [09:00-14:00], 12-31: [], 02-29: [09:00-10:00], 05-01: [09:00-12:00]}
    special: {2027-12-24: [09:00-11:00]}
examples: []
"""


def test_half_days_of_holidays_and_of_every_year_leave_a_part_of_the_usual_hours() -> None:
    shop = build(HALF_DAYS)["shop"]
    assert shop.hours(date(2027, 1, 6)) == ((540, 720),), "from nine, as always, until noon"
    assert shop.hours(date(2026, 12, 24)) == shop.hours(date(2035, 12, 24)) == ((540, 750), (810, 840))
    assert shop.hours(date(2028, 12, 24)) == (), "a Sunday stays closed"
    assert shop.hours(date(2027, 12, 31)) == ()
    assert shop.hours(date(2028, 2, 29)) == ((540, 600),)
    assert shop.hours(date(2026, 5, 1)) == (), "a holiday, and half a day: closed"
    assert shop.hours(date(2027, 12, 24)) == ((540, 660),), "what is said of a single date counts"


def test_a_half_day_makes_nothing_due_earlier() -> None:
    shop, without = build(HALF_DAYS)["shop"], build(HALF_DAYS.replace("    yearly:", "    yearly: {}\n    #"))["shop"]
    for hours in range(0, 200, 7):
        start = datetime(2026, 12, 21, tzinfo=UTC) + timedelta(hours=hours)
        for working in (timedelta(minutes=5), timedelta(hours=9), timedelta(days=2)):
            assert add(shop, start, working) >= add(without, start, working)


def test_a_day_of_every_year_is_a_day() -> None:
    with pytest.raises(RulesError, match=r"yearly.*12-24"):
        build(HALF_DAYS.replace("12-31:", "13-31:"))


def test_an_unknown_territory_gets_the_default() -> None:
    calendars = build(GOOD)
    assert calendars.named("shop") is calendars.named("no such") is calendars.named(None) is calendars.default


@pytest.mark.parametrize(
    ("wrong", "right", "path", "said"),
    [
        ("Europe/Berlin", "Europe/Bonn", "calendars.shop.zone", "IANA"),
        ("09:00-12:30", "09.00-12.30", "calendars.shop.weekly.tue-thu", "09:00-12:30"),
        ("09:00-12:30", "22:00-06:00", "calendars.shop.weekly.tue-thu", "over midnight"),
        ("13:30-18:00", "12:00-18:00", "calendars.shop.weekly.tue-thu", "overlap"),
        ("10:00-24:00", "10:00-24:30", "calendars.shop.weekly.sat", "24:00"),
        ("sat:", "wed:", "calendars.shop", "wed twice"),
        ("sat:", "fri-mon:", "calendars.shop", "weekday"),
        ("{tue-thu: [09:00-12:30, 13:30-18:00], sat: [10:00-24:00]}", "{mon: []}", "calendars.shop", "never opens"),
        ("subdivision: BY", "subdivision: XX", "calendars.shop.holidays", "DE"),
        ("Epiphany", "Epifany", "calendars.shop.holidays", "known: "),
        ("default: shop", "default: shoe", "default", "known: shop"),
        ("duration: 1 h", "duration: 1 hour", "examples.0.duration", "15 min"),
        ("13:00:00Z}", "13:00:01Z}", "examples.0 (over lunch).due", "13:00:00"),
        ("calendar: shop", "calendar: shoe", "examples.0 (over lunch).calendar", "known: shop"),
        ("closed:", "closes:", "calendars.shop.closes", "xtra"),
    ],
)
def test_a_mistake_is_told_with_its_place(wrong: str, right: str, path: str, said: str) -> None:
    assert wrong in GOOD
    with pytest.raises(RulesError) as told:
        build(GOOD.replace(wrong, right, 1))
    assert told.value.path == path
    assert said in str(told.value)


@pytest.mark.parametrize("text", ["5", "5 m", "-5 min", "1.5 h", "", 5, None])
def test_a_duration_has_a_whole_number_and_a_unit(text: Any) -> None:
    with pytest.raises(ValueError, match="15 min"):
        parse_duration(text)
    assert parse_duration("15 min") == timedelta(minutes=15)


def test_a_calendar_that_never_opens_is_refused_and_so_is_negative_time() -> None:
    with pytest.raises(ValueError, match="never opens"):
        Calendar("none", ZoneInfo("UTC"), [()] * 7)
    with pytest.raises(ValueError, match="negative"):
        add(build(GOOD)["shop"], datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=-1))


def test_instants_far_from_today_are_found_too() -> None:
    rules = CalendarRules.model_validate({"zone": "Asia/Tokyo", "weekly": {"mon": ["09:00-09:01"]}})
    calendar = build_calendar("tokyo", rules, "1")
    assert next_opening(calendar, datetime(1999, 1, 1, tzinfo=UTC)) == datetime(1999, 1, 4, tzinfo=UTC)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert elapsed(calendar, start, add(calendar, start, timedelta(hours=20))) == timedelta(hours=20)  # 23 years
    with pytest.raises(ValueError, match="years"):
        add(calendar, start, timedelta(days=36_500))


def test_adding_is_fast() -> None:
    """1 M in 10 s is the promise; half the speed is allowed here, the machine may be busy."""
    calendar, start, work = build(GOOD)["shop"], datetime(2026, 3, 10, tzinfo=UTC), timedelta(hours=30)
    add(calendar, start, work)
    assert min(timeit.repeat(lambda: add(calendar, start, work), number=1000, repeat=5)) < 0.020


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Europe/Berlin", "Europe/Paris"),
        ("09:00-12:30", "09:00-12:00"),
        ("names: [Labor Day]", "names: [Labor Day, German Unity Day]"),
        ("hours: [08:00-12:00]", "hours: [08:00-11:00]"),
        ("12-31: []", "12-30: []"),
        ("2027-12-24: [09:00-11:00]", "2027-12-24: [09:00-10:00]"),
    ],
)
def test_whatever_changes_the_hours_changes_the_digest_and_nothing_else_does(before: str, after: str) -> None:
    shop = build(HALF_DAYS)
    assert before in HALF_DAYS and build(HALF_DAYS.replace(before, after)).digest != shop.digest
    words = HALF_DAYS.replace("version: 1", "version: 2 # renamed").replace("12-31: [], 02-29", "02-29").replace(
        "05-01: [09:00-12:00]}", "05-01: [09:00-12:00], 12-31: []}"
    )  # fmt: skip
    assert words != HALF_DAYS and build(words).digest == shop.digest


def test_another_version_of_the_holidays_library_is_another_digest_of_the_rules(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec = RulesSpec("leadline_runtime", ("calendars.yaml",), lambda contents: contents, libraries=("holidays",))
    pinned = read_rules(spec).ref
    assert read_rules(spec).ref == pinned
    monkeypatch.setattr(rules, "version", lambda library: f"another {library}")
    assert read_rules(spec).ref.version == pinned.version and read_rules(spec).ref.digest != pinned.digest
