"""Who is there and what changes next: told of any instant, and true until the change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from leadline_route.core.availability import Hours
from leadline_route.core.presence import everybody, presence
from leadline_route.core.roster import Load
from leadline_route.route_commands.team_show import Question, answer, data
from leadline_runtime.calendars import CalendarRules, build_calendar
from leadline_runtime.command_errors import CommandError
from leadline_runtime.rules import parse
from tests.unit.route.leads import REF, at, shipped

TEAM = shipped().team
START = datetime(2026, 2, 20, tzinfo=UTC)
INSTANTS = some.integers(0, 70 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


@given(some.sampled_from(sorted(TEAM.members)), INSTANTS, some.integers(0, 999))
def test_until_the_next_change_nothing_changes_and_then_something_does(
    member: str, instant: datetime, part: int
) -> None:
    """Also over absences, lunch breaks, holidays and days on which clocks are put on."""
    known = TEAM.members[member]
    found = presence(TEAM, known, None, instant)
    assert found.change is not None
    assert found.change.at > instant
    between = instant + (found.change.at - instant) * part / 1000
    assert presence(TEAM, known, None, between).state == found.state
    then = presence(TEAM, known, None, found.change.at).state
    assert found.state != then == found.change.state


def test_who_has_as_many_leads_as_it_may_is_there_and_receives_none() -> None:
    instant = at("2026-03-10T15:00:00Z")
    loads = {"eli": Load(open=3, assigned={"2026-03-10": 2}), "ana": Load(open=59)}
    eli, ana = (presence(TEAM, TEAM.members[each], loads[each], instant) for each in ("eli", "ana"))
    assert (eli.state, eli.receives, ana.receives) == ("on", False, True)
    assert eli.capped is not None
    assert "day cap 2 of 2" in eli.capped.why


def test_the_members_of_a_pool_with_what_they_are_owed_and_have() -> None:
    instant = at("2026-03-10T15:00:00Z")
    question = Question(None, "us_west", instant, None)
    told = data(answer(question, TEAM, REF, {"eli": Load(open=1, assigned={"2026-03-09": 1, "2026-03-10": 1})}, None))
    dev, eli = told["members"]
    assert (dev["member"], eli["member"]) == ("dev", "eli")
    assert eli["local_time"] == "2026-03-10T08:00:00-07:00"
    assert eli["next_change"] == {"at": "2026-03-11T00:00:00+00:00", "state": "off"}
    assert eli["caps"] == {
        "open": {"used": 1, "cap": 20},
        "day": {"used": 1, "cap": 2},
        "week": {"used": 2, "cap": None},
        "month": {"used": 2, "cap": None},
    }
    assert {each["pool"]: each["owed"] for each in eli["pools"]} == {"us_west": "0", "anyone": "0"}


def test_without_tables_the_files_are_told_and_nothing_is_made_up() -> None:
    question = Question("fay", None, at("2026-03-10T15:00:00Z"), None)
    (fay,) = data(answer(question, TEAM, REF, None, "no database"))["members"]
    assert (fay["state"], fay["caps"], fay["pools"][0]["owed"]) == ("absent", None, None)
    assert fay["absences"][0]["reason"] == "leave"
    with pytest.raises(CommandError, match="fay is not in the pool us_east"):
        answer(Question("fay", "us_east", question.at, None), TEAM, REF, None, None)


def test_a_pool_is_told_in_the_order_of_the_ids() -> None:
    found = everybody(TEAM, {}, at("2026-03-10T15:00:00Z") + timedelta(days=1), "emea")
    assert [each.member.id for each in found] == ["fay", "gus", "hana"]


def test_who_is_there_round_the_clock_never_changes() -> None:
    always = parse(CalendarRules, {"zone": "UTC", "weekly": {"mon-sun": ["00:00-24:00"]}}, "test")
    member = replace(TEAM.members["ana"], hours=Hours(build_calendar("always", always, "test")))
    found = presence(TEAM, member, None, at("2026-03-10T15:00:00Z"))
    assert (found.state, found.change) == ("on", None)
