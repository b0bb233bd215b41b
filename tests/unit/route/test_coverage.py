"""When nobody is there: by hours, holidays, absences and skills, only in open hours, minute by minute right."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as some
from prometheus_client import CollectorRegistry
from rich.console import Console

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.coverage import Coverage, coverage, duty_spans, needs
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.team import Member, Team
from leadline_route.coverage_monitor import CoverageMonitor, measured
from leadline_route.metrics import MOST_NEEDS, CoverageMetrics
from leadline_route.route_commands.coverage_show import Question, data, draw
from leadline_runtime.core.calendar import is_open
from tests.unit.route.leads import REF, at, shipped

MONDAY = at("2026-03-16T00:00:00Z")  # fay is back
WEEK = timedelta(days=7)
TEAM = shipped().team
INSTANTS = some.integers(0, 60 * 24 * 60).map(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(0, minutes * 60)
)


def away(team: Team, member: str, start: str, end: str) -> Team:
    """The team with one more absence."""
    one = team.members[member]
    absences = tuple(sorted((*one.hours.absences, Absence(at(start), at(end), "leave")), key=lambda each: each.start))
    hours = Hours(one.hours.calendar, absences)
    return with_member(team, replace(one, hours=hours))


def with_member(team: Team, member: Member) -> Team:
    """The team with one member otherwise."""
    return replace(team, members={**team.members, member.id: member})


def book_of(team: Team) -> Rulebook:
    """The rules that ship, over another team."""
    return replace(shipped(), team=team)


def missing(found: Sequence[Coverage]) -> dict[str, float]:
    """Hours without anybody by need."""
    return {each.need.name: each.missing / timedelta(hours=1) for each in found if each.uncovered}


def test_what_is_asked_is_every_rule_with_its_territories_and_languages_and_the_pools_of_absent_owners() -> None:
    assert [need.name for need in needs(shipped())] == [
        "r3_enterprise us_east", "r3_enterprise us_west", "r3_enterprise emea", "r4_emea_language emea (de)",
        "r4_emea_language emea (fr)", "r5_emea emea", "r6_us_east us_east", "r7_us_west us_west", "r8_us_unknown",
        "r9_fallback", "owners away us_east", "owners away us_west", "owners away emea",
    ]  # fmt: skip


def test_the_rules_that_ship_leave_no_open_hour_alone() -> None:
    assert missing(coverage(shipped(), MONDAY, MONDAY + WEEK)) == {}


def test_a_language_is_missing_while_all_who_speak_it_are_away_although_others_are_there() -> None:
    team = away(away(TEAM, "gus", "2026-03-18T00:00:00Z", "2026-03-19T00:00:00Z"), "hana", "2026-03-18T12:00:00Z",
                "2026-03-18T15:00:00Z")  # fmt: skip
    found = coverage(book_of(team), MONDAY, MONDAY + WEEK)
    assert missing(found) == {"r4_emea_language emea (fr)": 3.0}
    (gap,) = [each for each in found if each.uncovered]
    assert gap.uncovered == [(at("2026-03-18T12:00:00Z"), at("2026-03-18T15:00:00Z"))]


def test_nights_weekends_and_holidays_of_the_territory_are_no_gaps() -> None:
    easter = coverage(shipped(), at("2026-04-02T00:00:00Z"), at("2026-04-09T00:00:00Z"))
    assert missing(easter) == {}
    emea = next(each for each in easter if each.need.name == "r5_emea emea")
    assert sum((end - start for start, end in emea.opened), timedelta(0)) == timedelta(hours=3 * 8.5), (
        "no Good Friday, no Easter Monday"
    )


@settings(deadline=None, max_examples=60)
@given(INSTANTS, some.integers(0, 7 * 24 * 60))
def test_each_minute_is_told_as_those_on_duty_say(start: datetime, minute: int) -> None:
    """Also over the days on which clocks are put on, lunch breaks and absences."""
    instant = start + timedelta(minutes=minute)
    for each in coverage(shipped(), start, start + timedelta(days=7, minutes=1)):
        people = {member for pool in each.need.pools for member in TEAM.pools[pool].weights}
        there = any(
            TEAM.members[member].hours.duty(instant).state == "on" and each.need.skills <= TEAM.members[member].skills
            for member in people
        )
        opened = is_open(each.need.calendar, instant)
        assert any(begins <= instant < ends for begins, ends in each.opened) == opened
        assert any(begins <= instant < ends for begins, ends in each.uncovered) == (opened and not there)


@given(some.sampled_from(sorted(TEAM.members)), INSTANTS)
def test_duty_spans_never_touch_and_nobody_inactive_has_any(member: str, start: datetime) -> None:
    spans = duty_spans(TEAM.members[member], start, start + WEEK)
    assert all(one[0] < one[1] < other[0] for one, other in pairwise(spans))
    assert duty_spans(replace(TEAM.members[member], active=False), start, start + WEEK) == []


def test_a_person_sees_the_hours() -> None:
    team = away(TEAM, "gus", "2026-03-18T00:00:00Z", "2026-03-19T00:00:00Z")
    team = away(team, "hana", "2026-03-18T12:30:00Z", "2026-03-18T15:00:00Z")
    found, written = coverage(book_of(team), MONDAY, MONDAY + WEEK), io.StringIO()
    draw(found, Question(7, MONDAY, None, every=False), Console(file=written, width=160, highlight=False))
    text = written.getvalue()
    assert "1 of 13 needs have open hours without anybody" in text
    wednesday = next(line for line in text.splitlines() if line.startswith("Wed 2026-03-18"))
    assert wednesday.split()[2:] == [*"·········", "#", "#", "#", "-", "!", "!", "#", "#", "#", *"······"]
    (gap,) = [each for each in data(found, REF)["needs"] if each["uncovered"]]
    assert (gap["skill"], gap["uncovered_hours"], gap["open_hours"]) == ("fr", 2.5, 42.5)


def test_the_monitor_looks_at_once_when_the_rules_change_and_forgets_needs_that_are_gone() -> None:
    registry = CollectorRegistry()
    books = [(shipped(), "one")]
    monitor = CoverageMonitor(lambda: books[-1], lambda: MONDAY, CoverageMetrics(registry))

    def told(**labels: str) -> float | None:
        return registry.get_sample_value("leadline_route_uncovered_seconds", labels)

    french = {"rule": "r4_emea_language", "territory": "emea", "skill": "fr"}
    asyncio.run(monitor.look())
    assert told(**french) == 0, "a known need starts at 0"
    team = away(away(TEAM, "gus", "2026-03-18T00:00:00Z", "2026-03-19T00:00:00Z"), "hana", "2026-03-18T12:00:00Z",
                "2026-03-18T15:00:00Z")  # fmt: skip
    book = book_of(team)
    books.append((replace(book, rules=tuple(rule for rule in book.rules if rule.id != "r5_emea")), "two"))
    asyncio.run(monitor.look())
    assert told(**french) == 3 * 3600
    assert told(rule="r5_emea", territory="emea", skill="") is None
    assert registry.get_sample_value("leadline_route_coverage_timestamp_seconds")


def test_until_the_database_has_told_the_time_nothing_is_told() -> None:
    registry = CollectorRegistry()
    asyncio.run(CoverageMonitor(lambda: (shipped(), "one"), lambda: None, CoverageMetrics(registry)).look())
    assert registry.get_sample_value("leadline_route_coverage_timestamp_seconds") == 0


def test_more_needs_than_time_series_are_told_as_one() -> None:
    registry = CollectorRegistry()
    found = asyncio.run(measured(shipped(), MONDAY, MONDAY + WEEK))
    one = replace(found[0], uncovered=[(MONDAY, MONDAY + timedelta(hours=1))])
    many = [replace(one, need=replace(one.need, rule=f"r{n}")) for n in range(MOST_NEEDS + 20)]
    CoverageMetrics(registry).tell(many)
    series = [sample for metric in registry.collect() for sample in metric.samples if "uncovered" in sample.name]
    assert len(series) == MOST_NEEDS + 1
    assert sum(sample.value for sample in series) == 3600 * len(many)
