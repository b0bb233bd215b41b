"""The dry run of turns is what happens when the leads really come."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as some

from leadline_route.core.candidates import Need
from leadline_route.core.coming_turns import coming_turns
from leadline_route.core.roster import Load
from tests.unit.route.leads import Desk, Wish, at, scored_record, shipped
from tests.unit.route.test_possibilities import book

TEAM = shipped().team
MORNING, EVENING = at("2026-03-10T15:00:00Z"), at("2026-03-10T23:30:00Z")
OWED = some.integers(-8, 8).map(lambda n: Fraction(n, 8))


@settings(deadline=None, max_examples=30)
@given(OWED, OWED, some.integers(0, 15), some.integers(0, 10))
def test_leads_that_come_now_go_where_the_dry_run_says(one: Fraction, other: Fraction, had: int, full: int) -> None:
    loads = {
        "ana": Load({"us_east": one}, had, {"2026-03-10": had}),
        "ben": Load({"us_east": other}, full, {"2026-03-10": full}),
        "cleo": Load({"us_east": -one - other}),
    }
    turns = list(islice(coming_turns(TEAM, TEAM.pools["us_east"], loads, {}, Need(MORNING)), 8))
    desk = Desk(now=MORNING, members=dict(loads))
    for number, turn in enumerate(turns):
        if turn.waited:
            break
        event = desk.routed(scored_record(Wish(f"lead {number}", start=MORNING)))
        assert event.owner == turn.selection.winner
        assert event.balance_after == {member: str(owed) for member, owed in turn.selection.after.items()}
        assert [each.why for each in event.candidates] == [each.why for each in turn.selection.candidates]


def test_at_night_the_turns_are_those_of_the_morning_and_the_rows_stay() -> None:
    loads = {"ana": Load({"us_east": Fraction(-1)})}
    turns = list(islice(coming_turns(TEAM, TEAM.pools["us_east"], loads, {}, Need(EVENING)), 4))
    assert {turn.at for turn in turns} == {at("2026-03-11T13:00:00Z")}
    assert all(turn.waited for turn in turns[:1])
    assert loads == {"ana": Load({"us_east": Fraction(-1)})}


def test_when_the_day_is_full_the_next_turns_are_tomorrows() -> None:
    turns = list(islice(coming_turns(TEAM, TEAM.pools["us_west"], {}, {}, Need(EVENING)), 40))
    days = Counter((turn.at.date().isoformat(), turn.selection.winner) for turn in turns)
    assert days["2026-03-10", "eli"] == days["2026-03-11", "eli"] == 2
    assert days["2026-03-10", "dev"] == 10


def test_it_ends_when_nobody_can_have_another_by_waiting() -> None:
    full = {each: Load(open=100) for each in TEAM.pools["emea"].weights}
    assert list(coming_turns(TEAM, TEAM.pools["emea"], full, {}, Need(MORNING))) == []
    one_left = {**full, "gus": Load(open=39)}
    assert [t.selection.winner for t in coming_turns(TEAM, TEAM.pools["emea"], one_left, {}, Need(MORNING))] == ["gus"]


def test_a_skill_that_nobody_has_deals_nothing() -> None:
    pool = replace(TEAM.pools["emea"])
    assert list(coming_turns(TEAM, pool, {}, {}, Need(MORNING, frozenset({"ja"})))) == []


def test_leads_of_a_segment_go_where_the_dry_run_says_until_its_caps_are_full() -> None:
    """ana has one a day of the segment, ben two a week: the others are cleo's."""
    rules = book(
        {"id": "big", "when": {"segments": "enterprise"}, "pools": ["us_east"]},
        segments={"enterprise": {"when": {"employees": {"gte": 500}}}},
        members={
            "ana": {"caps": {"open": 60, "segment": {"enterprise": {"day": 1}}}},
            "ben": {"caps": {"open": 60, "segment": {"enterprise": {"week": 2}}}},
        },
    )
    pool, desk = rules.team.pools["us_east"], Desk(rules, MORNING)
    turns = list(islice(coming_turns(rules.team, pool, {}, {}, Need(MORNING, segments=("enterprise",))), 8))
    for number, turn in enumerate(turns):
        event = desk.routed(scored_record(Wish(f"big {number}", employees=900, start=MORNING)))
        assert event.owner == turn.selection.winner
        assert [each.why for each in event.candidates] == [each.why for each in turn.selection.candidates]
    assert Counter(turn.selection.winner for turn in turns) == {"ana": 1, "ben": 2, "cleo": 5}
    small = [turn.selection.winner for turn in islice(coming_turns(rules.team, pool, {}, {}, Need(MORNING)), 8)]
    assert Counter(small) == {"ana": 4, "ben": 2, "cleo": 2}, "other leads do not count for it"


def test_when_a_segment_is_full_its_next_turn_is_tomorrow() -> None:
    rules = book(
        segments={"enterprise": {"when": {"employees": {"gte": 500}}}},
        members={
            each: {"caps": {"open": 60, "segment": {"enterprise": {"day": 1}}}} for each in ("ana", "ben", "cleo")
        },
    )
    coming = coming_turns(rules.team, rules.team.pools["us_east"], {}, {}, Need(MORNING, segments=("enterprise",)))
    assert [turn.at.date().day for turn in islice(coming, 6)] == [10, 10, 10, 11, 11, 11]


def test_a_pool_by_skill_deals_to_who_has_most_of_it() -> None:
    levels = {"gus": 1, "hana": 5}
    members = {
        name: replace(each, levels={**each.levels, "de": levels[name]}) if name in levels else each
        for name, each in TEAM.members.items()
    }
    pool = replace(TEAM.pools["emea"], strategy="by_skill")
    day = at("2026-03-10T10:00:00Z")
    turns = coming_turns(replace(TEAM, members=members), pool, {}, {}, Need(day, frozenset({"de"})))
    assert [turn.selection.winner for turn in islice(turns, 3)] == ["hana"] * 3
