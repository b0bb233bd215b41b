"""Caps and floors at each level, steps of decay, and what an unknown fact could really add."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from leadline_schemas.activity import Activity
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.rules import compile_rules
from leadline_score.rules_file import ScoringFile
from tests.unit.score.builders import act, at
from tests.unit.score.test_rules import SHIPPED, put

NOON = at("03-12T16:00:00")


def rules_with(*changes: tuple[str, Any]) -> ScoreRules:
    """The rules that ship, with some values of the file changed."""
    content = deepcopy(SHIPPED)
    for path, value in changes:
        put(path, value)(content)
    return compile_rules(ScoringFile.model_validate(content))


def card(rules: ScoreRules, *acts: Activity, when: datetime = NOON, **known: Any) -> Scorecard:
    return judge(Evidence(known, acts, fits=((0, 0),)), rules, microseconds(when)).card


STEPS = ("intent/groups/content/decay", {"steps": {"7d": 100, "30d": 50, "90d": 0}, "grace": "1d"})


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (timedelta(days=8), "10.000"),
        (timedelta(days=31) - timedelta(microseconds=1), "10.000"),
        (timedelta(days=31), "5.000"),
        (timedelta(days=91) - timedelta(microseconds=1), "5.000"),
        (timedelta(days=91), "0.000"),
    ],
)
def test_steps_take_what_they_say_from_an_age_on_counted_after_the_grace(age: timedelta, left: str) -> None:
    found = card(rules_with(STEPS), act("guide", "content.downloaded", NOON - age))
    assert found.intent.value == left


def test_the_recheck_finds_the_edge_of_a_step() -> None:
    rules, read = rules_with(STEPS), at("03-12T15:00:00") + timedelta(microseconds=1)
    guide = act("guide", "content.downloaded", read)
    first = card(rules, guide).next_recheck
    assert first is not None
    edge = at("03-12T15:00:01") + timedelta(days=31)  # the first whole second that is not before it
    assert (first.at, first.change, first.value_then) == (edge, "digit 3->4", "5.000")
    last = card(rules, guide, when=edge).next_recheck
    assert last is not None
    assert (last.at, last.change) == (at("03-12T15:00:01") + timedelta(days=91), "signal IQL->none")


def test_what_steps_leave_for_ever_needs_no_recheck() -> None:
    rules = rules_with(("intent/groups/content/decay", {"steps": {"30d": 80}}))
    found = card(rules, act("guide", "content.downloaded", NOON - timedelta(days=400)))
    assert (found.intent.value, found.next_recheck) == ("8.000", None)


def test_a_penalty_rule_takes_no_more_than_its_floor_and_all_of_them_no_more_than_theirs() -> None:
    rules = rules_with(("intent/penalties/hard_bounce/count", "1 per day"), ("intent/penalties/hard_bounce/floor", -15))
    bounces = [act(f"b{day}", "email.bounced", at(f"03-{day:02}T15:00:00")) for day in (9, 10, 11)]
    visits = [act(f"c{day}", "page.viewed", at(f"03-{day:02}T15:00:00"), tag="careers") for day in (3,)]
    downloads = [act(f"d{day}", "content.downloaded", at(f"03-{day:02}T15:00:00")) for day in (10, 11)]
    found = card(rules, *bounces, *visits, *downloads).intent
    assert [(each.counted, each.why.partition("; ")[2]) for each in found.contributions if each.group == "penalty"] == [
        ("0.000", "counts 0: hard bounce takes 15 at most"),
        ("-5.000", "counts -5: hard bounce takes 15 at most"),
        ("-10.000", ""),
        ("-15.000", ""),
    ]
    assert (found.penalties, found.known, found.value) == ("-30.000", "-10.000", "0.000")
    lower = card(rules_with(("intent/penalty_floor", -20)), *bounces, *visits).intent
    assert lower.penalties == "-20.000"


def test_the_total_has_its_own_floor_and_cap() -> None:
    rules = rules_with(("total", {"floor": 5, "cap": 50}))
    low = card(rules)
    assert (low.total, low.unclipped_total, low.explanation[:38]) == (
        "5.000", "0.000", "5: nothing known yet that counts, 0 ra",
    )  # fmt: skip
    high = card(rules, act("guide", "content.downloaded", NOON), employees=200, industry="logistics")
    assert (high.total, high.unclipped_total) == ("50.000", "55.000")
    assert ", 55 capped at 50" in high.explanation


def gaps(rules: ScoreRules, **known: Any) -> list[tuple[str, int]]:
    return [(gap.fact, gap.worth_up_to) for gap in card(rules, **known).gaps]


def test_a_gap_is_worth_what_the_caps_leave_room_for() -> None:
    assert gaps(rules_with(), employees=200) == [("title", 15), ("industry", 25), ("budget", 5), ("timeline", 5)]
    tight = rules_with(("fit/groups/company/cap", 30))
    assert gaps(tight, employees=200)[1] == ("industry", 10)
    assert gaps(tight, industry="logistics")[1] == ("employees", 5)
    full = rules_with(("fit/cap", 40))
    assert gaps(full, employees=200, industry="logistics", title="CEO") == [("budget", 0), ("timeline", 0)]


def test_a_gap_s_worth_is_told_before_penalties_and_the_floor() -> None:
    """A free-mail address takes 5 whatever the industry turns out to be; it does not make the industry worth less."""
    assert ("industry", 25) in gaps(rules_with(), domain_class="free")


def test_a_fact_that_two_rules_ask_is_one_gap() -> None:
    second = {"fact": "industry", "why": "{industry}", "levels": [{"points": 4, "when": {"industry": "logistics"}}]}
    rules = rules_with(("fit/groups/context/rules/known_industry", second), ("fit/cap", 100))
    assert ("industry", 29) in gaps(rules, employees=200)
