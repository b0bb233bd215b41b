"""The golden vectors of single rules: decay, the order of clipping, the MQL band; and the shipped points and caps."""

from decimal import Decimal
from typing import Any

import pytest

from leadline_score.core.bands import Band, Bands, Values, outside, step
from leadline_score.core.clipping import BOTTOMLESS, Caps, Entry, clip
from leadline_score.core.counting import CountCap
from leadline_score.core.decay import Decay, decayed
from leadline_score.core.exact import DAY, text
from leadline_score.core.marks import Standing
from leadline_score.core.rulebook import ActRule
from tests.support.golden import golden, vectors
from tests.unit.score.builders import loaded


@pytest.mark.parametrize("vector", vectors("decay"), ids=lambda v: f"{v['decay']}-{v['points']}-{v['age_days']}d")
def test_what_is_left_of_points_at_an_age(vector: dict[str, Any]) -> None:
    decay = Decay(vector["decay"], vector["span_days"] * DAY, vector["grace_days"] * DAY)
    age = int(Decimal(str(vector["age_days"])) * DAY)
    assert text(decayed(vector["points"] * 1000, decay, age)) == vector["value"]


def test_penalties_are_subtracted_after_the_cap_or_they_would_vanish_in_the_overflow() -> None:
    vector = vectors("clip_order")[0]
    sums = _clipped(vector["positives_by_group"], vector["penalties"], vector["dimension_cap"])
    assert sums.value == vector["value"] * 1000 != vector["wrong_if_summed_first"] * 1000


def test_a_dimension_below_zero_never_eats_the_other() -> None:
    vector = vectors("clip_order")[1]
    sums = _clipped(vector["positives_by_group"], vector["penalties"], vector["dimension_cap"])
    assert sums.value == vector["value"] == 0
    assert sums.known == -20_000
    assert sums.value + vector["other_dimension"] * 1000 == vector["total"] * 1000


def _clipped(groups: list[int], penalty: int, cap: int) -> Any:
    entries = [Entry(f"r{i}", f"g{i}", points * 1000, points * 1000) for i, points in enumerate(groups)]
    entries.append(Entry("bad", "penalty", penalty * 1000, BOTTOMLESS))
    return clip(entries, Caps(cap * 1000, -60_000, {f"g{i}": 100_000 for i in range(len(groups))}))


def test_the_mql_band_is_entered_and_left_at_different_values() -> None:
    vector: Any = golden()["vectors"]["mql_band"]
    bands = _bands(Band(vector["enter"] * 1000, vector["leave"] * 1000))
    standing, told = outside(bands), []
    for place, (_, total, _) in enumerate(vector["trajectory_by_event_time"]):
        value = int(Decimal(total) * 1000)
        before, standing = standing, step(bands, standing, Values(40_000, value - 40_000, 0), place)
        told.append(_words(before, standing))
    assert told == [words for _, _, words in vector["trajectory_by_event_time"]]
    assert standing.qualified_at == len(told) - 1


def _words(before: Standing, after: Standing) -> str:
    if after.mql != before.mql:
        return f"enter, seq {after.entries}" if after.mql else "leave"
    return "in" if after.mql else "out"


def _bands(mql: Band) -> Bands:
    never = Band(10_000_000, 9_000_000)
    return Bands((never,), (never,), mql, mql_fit=20_000, mql_intent=10_000, pql=never, fast=never)


def test_entry_asks_for_both_minima_and_staying_for_neither() -> None:
    bands = _bands(Band(70_000, 60_000))
    assert not step(bands, outside(bands), Values(66_000, 9_999, 0), 1).mql
    entered = step(bands, outside(bands), Values(60_000, 10_000, 0), 1)
    assert entered.mql
    assert step(bands, entered, Values(60_000, 0, 0), 2).mql


@pytest.mark.parametrize("name", golden()["score_rules"]["activity"])
def test_the_shipped_act_rules_are_those_of_the_design(name: str) -> None:
    points, group, (number, period), cap, (decay, span, grace) = golden()["score_rules"]["activity"][name]
    rule = _act_rules()[name]
    assert (rule.points, rule.group, rule.cap) == (points * 1000, group, cap * 1000)
    assert rule.count == _count(number, period)
    assert rule.decay == Decay(decay, span * DAY, grace * DAY)


@pytest.mark.parametrize("name", golden()["score_rules"]["activity_penalty"])
def test_the_shipped_penalties_are_those_of_the_design(name: str) -> None:
    points, (number, period) = golden()["score_rules"]["activity_penalty"][name]
    rule = _act_rules()[name]
    assert (rule.points, rule.count, rule.decay.kind) == (points * 1000, _count(number, period), "none")


def test_the_shipped_caps_and_bands_are_those_of_the_design() -> None:
    design, rules = golden()["score_rules"], loaded().rules
    for name, caps in (("fit", rules.fit_caps), ("intent", rules.intent_caps)):
        assert (caps.cap, caps.penalty_floor) == (design[name]["cap"] * 1000, design[name]["penalty_floor"] * 1000)
        assert caps.groups == {group: each["cap"] * 1000 for group, each in design[name]["groups"].items()}
    bands = rules.bands
    assert [(b.enter, b.leave) for b in bands.letter] == [(e * 1000, v * 1000) for _, e, v in design["bands"]["letter"]]
    assert [(b.enter, b.leave) for b in bands.digit] == [(e * 1000, v * 1000) for _, e, v in design["bands"]["digit"]]
    assert [bands.mql.enter, bands.mql.leave] == [each * 1000 for each in design["bands"]["mql"]]
    assert (bands.mql_fit, bands.mql_intent) == (design["mql_min"]["fit"] * 1000, design["mql_min"]["intent"] * 1000)
    assert rules.hand_raises == set(golden()["hand_raise_types"])
    assert str(rules.days.zone) == design["zone"]


def _act_rules() -> dict[str, ActRule]:
    acts = loaded().rules.acts
    matches = [match for index in (acts.by_request, acts.by_kind) for found in index.values() for match in found]
    return {match.rule.name: match.rule for match in matches}


def _count(number: int, period: str) -> CountCap:
    if period.endswith("d"):
        return CountCap(number, every=int(period[:-1]) * DAY)
    return CountCap(number, period)  # type: ignore[arg-type]
