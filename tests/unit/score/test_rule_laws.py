"""The laws of scoring under any rules (hypothesis makes up the rules files as well as the acts)."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_schemas.scored import Dimension, Scorecard
from leadline_score.core.acts import unite
from leadline_score.core.bands import Band, Values, outside, step
from leadline_score.core.clipping import PENALTY, Caps
from leadline_score.core.counterfactual import act_rules
from leadline_score.core.exact import SECOND, microseconds, thousandths
from leadline_score.core.matching import assign, rule_of
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import mark_of, walk
from tests.unit.score.builders import act
from tests.unit.score.random_rules import KINDS, START, TAGS, histories, known, moments, rules

Lead = dict[str, Any]
laws = settings(max_examples=40, deadline=None)
acts_more = st.builds(
    lambda kind, tag, day: act("one more", kind, START + timedelta(days=day), tag=tag),
    st.sampled_from(KINDS), st.sampled_from(TAGS), st.integers(0, 90),
)  # fmt: skip


def judged(lead: Lead, acts: list[Activity], by: ScoreRules, when: datetime) -> Scorecard:
    """The scorecard of a lead of which all this was known from before its first act."""
    fit = judge(Evidence(lead, ()), by, 0).fits
    return judge(Evidence(lead, acts, fits=fit), by, microseconds(when)).card


def says(card: Scorecard) -> tuple[Any, ...]:
    return (card.grade, card.temperature, card.signal, card.mql_by_score, card.mql_reasons, card.fast_track)


@laws
@given(known, histories(), rules(), moments(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(
    lead: Lead, acts: list[Activity], by: ScoreRules, later: timedelta, chance: random.Random
) -> None:
    again = unite(chance.sample(acts, len(acts)), [each.model_copy() for each in acts])
    card = judged(lead, acts, by, START + later)
    assert judged(lead, again, by, START + later).model_dump_json() == card.model_dump_json()


@laws
@given(known, histories(), rules(), moments())
def test_no_cap_and_no_floor_is_ever_passed(lead: Lead, acts: list[Activity], by: ScoreRules, later: timedelta) -> None:
    card = judged(lead, acts, by, START + later)
    within(card.fit, by.fit_caps, {})
    within(card.intent, by.intent_caps, {rule.rule: rule.cap for rule in act_rules(by)})
    bands = by.bands
    assert bands.total_floor <= thousandths(card.total) <= bands.total_cap
    whole = thousandths(card.fit.value) + thousandths(card.intent.value)
    assert whole == thousandths(card.unclipped_total)


def within(part: Dimension, caps: Caps, rule_caps: dict[str, int]) -> None:
    """Nothing of a dimension is above its rule's, its group's or the dimension's cap, nor below a floor."""
    for group in {each.group for each in part.contributions}:
        members = [each for each in part.contributions if each.group == group]
        left = sum(thousandths(each.after_group) for each in members)
        assert caps.penalty_floor <= left <= 0 if group == PENALTY else 0 <= left <= caps.groups[group]
        for rule in {each.rule for each in members} & rule_caps.keys():
            counted = sum(thousandths(each.after_rule) for each in members if each.rule == rule)
            assert rule_caps[rule] <= counted <= 0 if group == PENALTY else 0 <= counted <= rule_caps[rule]
    gains = sum(thousandths(each.counted) for each in part.contributions if each.group != PENALTY)
    assert gains == thousandths(part.after_cap) <= caps.cap
    assert max(0, gains + thousandths(part.penalties)) == thousandths(part.value)


@laws
@given(known, histories(), rules(), moments(), acts_more)
def test_an_act_that_gives_points_never_takes_any(
    lead: Lead, acts: list[Activity], by: ScoreRules, later: timedelta, more: Activity
) -> None:
    """Nor does any count cap: the newer act takes the older one's place, and the k-th that counts only gets newer."""
    rule = rule_of(more, by)
    assume(rule is not None and rule.points > 0)
    without, having = [judged(lead, some, by, START + later) for some in (acts, [*acts, more])]
    assert thousandths(having.intent.value) >= thousandths(without.intent.value)
    assert thousandths(having.total) >= thousandths(without.total)
    assert having.grade[0] == without.grade[0]
    assert having.grade[1] <= without.grade[1]
    assert having.mql_by_score >= without.mql_by_score
    assert ("pql" in having.mql_reasons) >= ("pql" in without.mql_reasons)


@laws
@given(known, histories(), rules(), moments(), moments())
def test_time_alone_never_raises_anything(
    lead: Lead, acts: list[Activity], by: ScoreRules, first: timedelta, later: timedelta
) -> None:
    past = [each for each in acts if each.occurred_at <= START + first]
    now, then = judged(lead, past, by, START + first), judged(lead, past, by, START + first + later)
    assert thousandths(then.intent.value) <= thousandths(now.intent.value)
    assert thousandths(then.total) <= thousandths(now.total)
    assert then.grade[1] >= now.grade[1]
    assert then.mql_by_score <= now.mql_by_score
    assert then.fit == now.fit


@settings(max_examples=15, deadline=None)
@given(known, histories("s"), rules("s"), moments("s"))
def test_the_recheck_is_the_first_whole_second_of_all_at_which_anything_changes(
    lead: Lead, acts: list[Activity], by: ScoreRules, later: timedelta
) -> None:
    now = START + later
    past = [each for each in acts if each.occurred_at <= now]
    card = judged(lead, past, by, now)
    end = card.next_recheck.at if card.next_recheck else now + timedelta(seconds=300)
    second = now.replace(microsecond=0) + timedelta(seconds=1)
    while second < end:
        assert says(judged(lead, past, by, second)) == says(card)
        second += timedelta(seconds=1)
    if card.next_recheck:
        after = judged(lead, past, by, end)
        assert says(after) != says(card)
        assert after.intent.value == card.next_recheck.value_then


@settings(max_examples=120, deadline=None)
@given(histories("s", most=5), rules("s"), moments("s"), st.integers(0, 60_000), st.integers(0, 60_000))
def test_the_bands_are_those_of_a_walk_that_looks_at_every_second(
    acts: list[Activity], by: ScoreRules, later: timedelta, early_fit: int, fit: int
) -> None:
    start, end = microseconds(START), microseconds(START + later)
    scored = [each for each in assign(acts, by) if not each.act.automated]
    changed = start + (end - start) // 2
    found = walk(scored, ((0, early_fit), (changed, fit)), by, end)
    times = {each.at for each in scored if each.at <= end} | set(range(start, end, SECOND)) | {changed, end}
    tallies, standing, current = Tallies(by), outside(by.bands), early_fit
    for moment in sorted(times):
        standing = step(by.bands, standing, values(tallies, current, moment), moment)
        for each in scored:
            if each.at == moment:
                tallies.add(each)
        current = fit if moment >= changed else early_fit
        standing = step(by.bands, standing, values(tallies, current, moment), moment)
    assert replace(found.standing, qualified_at=None) == replace(standing, qualified_at=None)
    assert found.values == values(tallies, current, end)


def values(tallies: Tallies, fit: int, at: int) -> Values:
    return Values(fit, tallies.intent(at), tallies.product(at))


@laws
@given(
    histories(), rules(), st.tuples(moments(), moments()), st.tuples(*[st.integers(0, 60_000)] * 2), st.integers(0, 3)
)
def test_going_on_from_a_mark_ends_where_walking_from_the_start_does(
    acts: list[Activity], by: ScoreRules, looks: tuple[timedelta, timedelta], fits_then: tuple[int, int], unknown: int
) -> None:
    early, end = microseconds(START + looks[0]), microseconds(START + sum(looks, timedelta()))
    fit, then = fits_then
    scored = [each for each in assign(acts, by) if not each.act.automated]
    mark = mark_of(walk(scored[unknown:], ((0, fit),), by, early), scored[unknown:], early)
    fits = ((0, fit), (end, then)) if fit != then else ((0, fit),)
    assert walk(scored, fits, by, end, mark) == walk(scored, fits, by, end)


@given(rules(), st.lists(st.floats(0, 0.999), max_size=8), st.booleans())
def test_within_a_band_nothing_flaps(by: ScoreRules, course: list[float], inside: bool) -> None:
    for band in (by.bands.mql, by.bands.pql, by.bands.fast, *by.bands.letter, *by.bands.digit):
        held = band.holds(False, band.enter) if inside else band.holds(True, band.leave - 1)
        assert held is inside
        for place in course:
            held = band.holds(held, between(band, place))
            assert held is inside


def between(band: Band, place: float) -> int:
    """A value at or above `leave` and below `enter`."""
    return band.leave + int((band.enter - band.leave) * place)


@given(rules(), st.lists(st.tuples(*[st.integers(0, 100_000)] * 3), max_size=12))
def test_a_band_is_entered_only_at_its_enter_value_and_left_only_below_its_leave_value(
    by: ScoreRules, course: list[tuple[int, int, int]]
) -> None:
    bands, standing = by.bands, outside(by.bands)
    for moment, (fit, intent, product) in enumerate(course):
        before, standing = standing, step(bands, standing, Values(fit, intent, product), moment)
        whole = bands.total(fit, intent)
        assert_moved(bands.mql, before.mql, standing.mql, whole)
        assert_moved(bands.pql, before.pql, standing.pql, product)
        assert_moved(bands.fast, before.fast, standing.fast, whole)
        assert standing.entries - before.entries == (standing.mql and not before.mql)
        assert_level(bands.digit, before.digit, standing.digit, intent)
        assert_level(bands.letter, before.letter, standing.letter, fit)


def assert_moved(band: Band, before: bool, after: bool, value: int) -> None:
    assert not (after and not before) or value >= band.enter
    assert not (before and not after) or value < band.leave


def assert_level(steps: tuple[Band, ...], before: int, after: int, value: int) -> None:
    assert after >= before or value >= steps[after].enter
    assert after <= before or value < steps[before].leave
