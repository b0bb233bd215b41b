"""The laws of scoring (hypothesis): a function of the set of acts, falling between acts, within its bounds."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_schemas.codec import encode_model
from leadline_schemas.scored import Scorecard
from leadline_score.core.bands import Values, outside, step
from leadline_score.core.days import QUARTER, REMEMBERED, LocalDays
from leadline_score.core.exact import SECOND, instant, microseconds, plain, text
from leadline_score.core.marks import Standing
from leadline_score.core.matching import assign
from leadline_score.core.scorecard import Evidence, Verdict, judge
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import fit_course, mark_of, walk
from tests.unit.score.builders import Desk, act, at, bytes_of, loaded, snapshot
from tests.unit.score.naive import NAMES, naive_intent

START = at("01-05T05:00:00")
KNOWN: dict[str, Any] = {"title": "VP Sales", "employees": 200, "industry": "retail", "country": "US"}
KINDS = sorted(NAMES, key=str)


@st.composite
def histories(draw: st.DrawFn, most: int = 12) -> list[Activity]:
    """Acts of four months, often on one day, sometimes at one instant, some of them a machine's."""
    acts = []
    for number in range(draw(st.integers(0, most))):
        kind, detail = draw(st.sampled_from(KINDS))
        when = START + timedelta(
            days=draw(st.integers(0, 120)), minutes=draw(st.sampled_from([0, 0, 7, 300, 1439])), milliseconds=number % 2
        )
        tag = detail if kind == "page.viewed" else None
        request = None if kind == "page.viewed" else detail
        acts.append(
            act(f"act {number}", kind, when, tag=tag, request_type=request, automated=draw(st.integers(0, 9)) == 0)
        )
    return acts


moments = st.integers(0, 400 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))


def judged(acts: Sequence[Activity], as_of: datetime) -> Verdict:
    """The verdict on a lead with these acts that was always known to fit by 45."""
    return judge(Evidence(KNOWN, acts, fits=((0, 45_000),)), loaded().rules, microseconds(as_of))


@settings(max_examples=60, deadline=None)
@given(histories(), moments)
def test_intent_is_what_the_table_of_the_design_gives_the_slow_way(acts: list[Activity], as_of: datetime) -> None:
    assert Decimal(judged(acts, as_of).card.intent.value) == naive_intent(acts, as_of)


@settings(max_examples=40, deadline=None)
@given(histories(), moments)
def test_a_scorecard_is_one_that_validation_would_make(acts: list[Activity], as_of: datetime) -> None:
    card = judged(acts, as_of).card
    validated = Scorecard.model_validate(card.model_dump())
    assert validated == card
    assert encode_model(validated) == encode_model(card)
    for part in (card, card.fit, card.intent):
        assert list(vars(part)) == list(type(part).model_fields)


@settings(max_examples=40, deadline=None)
@given(histories(), moments, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_the_same_question_has_the_same_answer(
    acts: list[Activity], as_of: datetime, chance: random.Random
) -> None:
    shuffled = list(acts)
    chance.shuffle(shuffled)
    assert judged(shuffled, as_of).card.model_dump_json() == judged(acts, as_of).card.model_dump_json()


@settings(max_examples=40, deadline=None)
@given(histories(), moments, st.integers(1, 200 * 86_400))
def test_without_a_new_act_scores_only_fall(acts: list[Activity], as_of: datetime, later: int) -> None:
    past = [each for each in acts if each.occurred_at <= as_of]
    now, then = judged(past, as_of).card, judged(past, as_of + timedelta(seconds=later)).card
    assert Decimal(then.total) <= Decimal(now.total)
    assert then.grade[1] >= now.grade[1]
    assert now.mql_by_score or not then.mql_by_score


@settings(max_examples=60, deadline=None)
@given(histories(), moments)
def test_totals_are_bounded_and_the_parts_add_up(acts: list[Activity], as_of: datetime) -> None:
    card = judged(acts, as_of).card
    assert 0 <= Decimal(card.total) <= 100
    assert card.display == int(Decimal(card.total))
    for part in (card.fit, card.intent):
        counted = [Decimal(each.counted) for each in part.contributions]
        assert sum(each for each in counted if each > 0) == Decimal(part.after_cap)
        assert sum(each for each in counted if each < 0) == Decimal(part.penalties)
        assert Decimal(part.value) == max(Decimal(0), Decimal(part.known))
        for each in part.contributions:
            assert abs(Decimal(each.raw)) >= abs(Decimal(each.decayed)) >= abs(Decimal(each.after_rule))
            assert abs(Decimal(each.after_rule)) >= abs(Decimal(each.after_group)) >= abs(Decimal(each.counted))
    told = [each.event for each in card.intent.contributions] + [each.event for each in card.intent.not_counted]
    assert sorted(map(str, told)) == sorted(str(each.id) for each in acts if each.occurred_at <= as_of)


@settings(max_examples=60, deadline=None)
@given(histories(), moments)
def test_the_recheck_is_the_first_second_that_changes_a_band(acts: list[Activity], as_of: datetime) -> None:
    past = [each for each in acts if each.occurred_at <= as_of]
    card = judged(past, as_of).card
    if card.next_recheck is None:
        assert _says(judged(past, as_of + timedelta(days=400)).card) == _says(card)
        return
    found = card.next_recheck.at
    assert found > as_of
    assert found.microsecond == 0
    after = judged(past, found).card
    assert _says(after) != _says(card)
    assert after.intent.value == card.next_recheck.value_then
    before = max(as_of, found - timedelta(seconds=1))
    assert _says(judged(past, before).card) == _says(card)


def _says(card: Any) -> tuple[Any, ...]:
    return (card.grade, card.temperature, card.signal, card.mql_by_score, card.mql_reasons, card.fast_track)


@settings(max_examples=25, deadline=None)
@given(histories(most=8), moments)
def test_the_bands_are_those_of_a_walk_that_looks_every_eight_hours(acts: list[Activity], as_of: datetime) -> None:
    rules, end = loaded().rules, microseconds(as_of)
    scored = [each for each in assign(acts, rules) if not each.act.automated]
    times = {each.at for each in scored if each.at <= end} | set(range(microseconds(START), end, 8 * 3600 * SECOND))
    tallies, standing, fit = Tallies(rules), outside(rules.bands), 35_000
    found = walk(scored, ((0, fit), (end, 45_000)), rules, end)
    for moment in sorted(times):
        standing = step(rules.bands, standing, Values(fit, tallies.intent(moment), tallies.product(moment)), moment)
        for each in scored:
            if each.at == moment:
                tallies.add(each)
        standing = step(rules.bands, standing, Values(fit, tallies.intent(moment), tallies.product(moment)), moment)
    last = Values(45_000, tallies.intent(end), tallies.product(end))
    standing = step(rules.bands, standing, Values(fit, last.intent, last.product), end)
    standing = step(rules.bands, standing, last, end)
    assert _bands(standing) == _bands(found.standing)
    assert found.values == last


def _bands(standing: Standing) -> Standing:
    return replace(standing, qualified_at=None)  # a fall is seen later where nobody looks


@settings(max_examples=40, deadline=None)
@given(histories(), moments, st.integers(0, 90 * 86_400), st.sampled_from([45_000, 52_000]), st.integers(0, 3))
def test_going_on_from_a_mark_ends_where_walking_from_the_start_does(
    acts: list[Activity], first: datetime, later: int, fit: int, unknown: int
) -> None:
    rules, early = loaded().rules, microseconds(first)
    end = early + later * SECOND
    scored = [each for each in assign(acts, rules) if not each.act.automated]
    known = scored[unknown:]
    mark = mark_of(walk(known, ((0, 45_000),), rules, early), known, early)
    fits = fit_course(((0, 45_000),), fit, end)
    assert walk(scored, fits, rules, end, mark) == walk(scored, fits, rules, end)


@pytest.mark.parametrize("acts", ["2:3f2a", "2:77", ""])
def test_a_mark_that_tells_its_acts_in_another_form_is_walked_again_from_the_start(acts: str) -> None:
    rules, end = loaded().rules, microseconds(START + timedelta(days=5))
    given = [act(f"act {number}", "page.viewed", START + timedelta(days=number), tag="pricing") for number in range(2)]
    scored, fits = assign(given, rules), ((0, 45_000),)
    whole = walk(scored, fits, rules, end)
    elsewhere = replace(whole.standing, digit=0, entries=7)
    mark = mark_of(whole, scored, end)
    assert walk(scored, fits, rules, end, replace(mark, standing=elsewhere)).standing.entries == 7
    assert walk(scored, fits, rules, end, replace(mark, standing=elsewhere, acts=acts)) == whole


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2**128 - 1)), max_size=40, unique_by=lambda one: one[1]))
def test_acts_stand_in_order_of_time_and_of_one_instant_the_smaller_id_last(given: list[tuple[int, int]]) -> None:
    page = act("page", "page.viewed", START, tag="pricing")
    acts = [
        page.model_copy(update={"id": UUID(int=number), "occurred_at": START + timedelta(minutes=minute)})
        for minute, number in given
    ]
    found = [(each.at, each.number) for each in assign(acts, loaded().rules)]
    told = [(microseconds(each.occurred_at), each.id.int) for each in acts]
    assert found == sorted(told, key=lambda one: (one[0], -one[1]))


@settings(max_examples=25, deadline=None)
@given(histories(most=7), st.randoms(use_true_random=False), st.integers(0, 7))
def test_facts_and_snapshots_commute_and_repetition_changes_nothing(
    acts: list[Activity], chance: random.Random, inside: int
) -> None:
    known = snapshot(START + timedelta(days=130), acts=acts[:inside])
    last = act("the last", "email.clicked", START + timedelta(days=131))

    def story(order: list[Any]) -> str:
        desk = Desk()
        for each in order:
            (desk.act if isinstance(each, Activity) else desk.snapshot)(each)
        desk.act(last)
        return desk.last.scorecard.model_dump_json()

    orderly: list[Any] = [*acts, known]
    shuffled: list[Any] = [*acts, *acts[:3], known]
    chance.shuffle(shuffled)
    assert story(shuffled) == story(orderly)


@settings(max_examples=20, deadline=None)
@given(histories(most=7))
def test_a_decision_taken_again_gives_the_same_bytes(acts: list[Activity]) -> None:
    known = snapshot(START + timedelta(days=130), acts=acts)
    assert bytes_of(Desk().snapshot(known)) == bytes_of(Desk().snapshot(known))


@given(st.integers(-(10**9), 10**9))
def test_a_value_as_text_is_exact(thousandths: int) -> None:
    assert Decimal(text(thousandths)) * 1000 == thousandths
    assert Decimal(plain(thousandths)) == Decimal(text(thousandths))


@given(st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2090, 1, 1)), max_size=9), st.integers(1, 3))  # noqa: DTZ001
def test_what_is_remembered_of_days_never_stands_in_for_another(moments: list[datetime], times: int) -> None:
    zone = ZoneInfo("America/New_York")
    days = LocalDays(zone)
    for moment in moments:
        first = microseconds(moment.replace(tzinfo=START.tzinfo))
        for then in (first, first + times * REMEMBERED * QUARTER, first):
            assert days.ordinal(then) == instant(then).astimezone(zone).toordinal()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_instants_survive_as_microseconds(moment: datetime) -> None:
    aware = moment.replace(tzinfo=START.tzinfo)
    assert instant(microseconds(aware)) == aware
