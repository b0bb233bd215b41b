"""Laws of overrides: a set of orders has one answer; what is over leaves no trace; what is set decides the bands."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_score.core.bands import Values, outside, step
from leadline_score.core.exact import SECOND, microseconds
from leadline_score.core.marks import Standing
from leadline_score.core.matching import assign
from leadline_score.core.scorecard import Evidence, Verdict, judge
from leadline_score.core.set_course import Fixed, walk_set
from leadline_score.core.tallies import Tallies
from leadline_score.core.trajectory import walk
from tests.unit.score.builders import Desk, act, loaded, snapshot
from tests.unit.score.test_laws import KNOWN, START, histories, moments
from tests.unit.score.test_overrides import order

TARGETS = [("fit", None), ("intent", None), ("mql", None), ("veto", "student"), ("veto", "competitor")]


@st.composite
def orders(draw: st.DrawFn, most: int = 6) -> list[Activity]:
    """Orders of four months, often at one instant, some of them clears; each says something of its own."""
    found = []
    for number in range(draw(st.integers(0, most))):
        target, veto = draw(st.sampled_from(TARGETS))
        when = START + timedelta(
            days=draw(st.sampled_from([0, 30, 59, 60, 120])), minutes=draw(st.sampled_from([0, 7]))
        )
        value: bool | int | None = draw(st.booleans() if target in ("mql", "veto") else st.integers(0, 100))
        if draw(st.integers(0, 4)) == 0:
            value = None
        days = draw(st.sampled_from([0.5, 3, 30, 90]))
        found.append(
            order(target, value, when, days, veto=veto).model_copy(update={"id": act(f"{number}", "other", when).id})
        )
    return found


def judged(acts: Sequence[Activity], given: Sequence[Activity], as_of: datetime) -> Verdict:
    """The verdict on a lead with these acts and orders that was always known to fit by 45."""
    evidence = Evidence(KNOWN, acts, fits=((0, 45_000),), orders=given)
    return judge(evidence, loaded().rules, microseconds(as_of))


in_their_time = st.integers(59, 121).map(lambda days: START + timedelta(days=days))


@settings(max_examples=100, deadline=None)
@given(histories(most=3), orders(most=12), in_their_time, st.randoms(use_true_random=False))
def test_order_of_arrival_and_repetition_change_nothing(
    acts: list[Activity], given: list[Activity], as_of: datetime, chance: random.Random
) -> None:
    shuffled = [*given, *given[:2]]
    chance.shuffle(shuffled)
    assert judged(acts, shuffled, as_of) == judged(acts, given, as_of)


@settings(max_examples=60, deadline=None)
@given(histories(), orders(), st.integers(0, 30 * 24 * 60))
def test_what_is_over_leaves_no_trace(acts: list[Activity], given: list[Activity], later: int) -> None:
    as_of = START + timedelta(days=211, minutes=later)  # 121 days, and 90 more: the last of them has expired
    with_orders, without = judged(acts, given, as_of), judged(acts, (), as_of)
    assert with_orders.card.model_dump_json() == without.card.model_dump_json()
    assert (with_orders.mark, with_orders.fits) == (without.mark, without.fits)


@settings(max_examples=60, deadline=None)
@given(histories(), orders(), moments)
def test_what_counts_stays_within_its_caps_and_what_stands_beside_it_is_what_was_computed(
    acts: list[Activity], given: list[Activity], as_of: datetime
) -> None:
    found, plain = judged(acts, given, as_of).card, judged(acts, (), as_of).card
    assert Decimal(found.fit.value) <= 70 and Decimal(found.intent.value) <= 60 and 0 <= Decimal(found.total) <= 100
    assert Decimal(found.unclipped_total) == Decimal(found.fit.value) + Decimal(found.intent.value)
    assert not (found.mql and found.vetoes)
    computed = {(each.target, each.veto): each.computed for each in found.overrides or ()}
    beside: dict[tuple[str, str | None], bool | str] = {
        ("fit", None): plain.fit.value,
        ("intent", None): plain.intent.value,
        ("mql", None): plain.mql,
    }
    for veto in ("student", "competitor"):
        beside["veto", veto] = veto in {each.id for each in plain.vetoes}
    assert computed == {key: beside[key] for key in computed}
    for each in found.overrides or ():
        assert each.since <= as_of < each.until


@settings(max_examples=60, deadline=None)
@given(histories(), orders(), moments)
def test_until_the_next_alarm_nothing_that_is_told_changes(
    acts: list[Activity], given: list[Activity], as_of: datetime
) -> None:
    past = [each for each in acts if each.occurred_at <= as_of]
    verdict = judged(past, given, as_of)
    again = [verdict.card.next_recheck.at] if verdict.card.next_recheck else []
    if verdict.pending is not None:
        again.append(as_of + timedelta(microseconds=verdict.pending - microseconds(as_of)))
    last = min(again, default=as_of + timedelta(days=400)) - timedelta(seconds=1)
    later = judged(past, given, max(as_of, last)).card
    assert _says(later) == _says(verdict.card)


def _says(card: object) -> list[object]:
    names = ("grade", "temperature", "signal", "mql_reasons", "mql_by_score", "fast_track", "vetoes")
    return [getattr(card, name) for name in names]


@settings(max_examples=25, deadline=None)
@given(histories(most=8), moments, st.booleans(), st.booleans(), st.integers(0, 60), st.integers(0, 130))
def test_the_bands_are_those_of_a_walk_that_looks_every_eight_hours_and_sees_what_was_set(
    acts: list[Activity], as_of: datetime, fit_set: bool, intent_set: bool, points: int, day: int
) -> None:
    rules, end = loaded().rules, microseconds(as_of)
    since = min(end, microseconds(START + timedelta(days=day)))
    fit, intent = (Fixed(since, points * 1000) if given else None for given in (fit_set, intent_set))
    scored = [each for each in assign(acts, rules) if not each.act.automated]
    found = walk_set(scored, ((0, 45_000),), rules, end, fit, intent)
    if fit is None and intent is None:
        assert found == walk(scored, ((0, 45_000),), rules, end)
        return
    tallies, standing = Tallies(rules), outside(rules.bands)

    def seen(moment: int, *, before: bool) -> Values:
        is_set = moment > since if before else moment >= since
        shown_fit = fit.value if fit and is_set else 45_000
        shown_intent = intent.value if intent and is_set else tallies.intent(moment)
        return Values(shown_fit, shown_intent, tallies.product(moment))

    times = {each.at for each in scored if each.at <= end} | set(range(microseconds(START), end, 8 * 3600 * SECOND))
    for moment in sorted({*times, since, end}):
        standing = step(rules.bands, standing, seen(moment, before=True), moment)
        for each in scored:
            if each.at == moment:
                tallies.add(each)
        standing = step(rules.bands, standing, seen(moment, before=False), moment)
    assert _bands(standing) == _bands(found.standing)
    assert found.values == seen(end, before=False)


def _bands(standing: Standing) -> Standing:
    return replace(standing, qualified_at=None)  # a fall is seen later where nobody looks


@settings(max_examples=25, deadline=None)
@given(histories(most=5), orders(most=4), st.randoms(use_true_random=False))
def test_orders_acts_and_the_snapshot_commute(
    acts: list[Activity], given: list[Activity], chance: random.Random
) -> None:
    known = snapshot(START + timedelta(days=130))
    last = act("the last", "email.clicked", START + timedelta(days=131))

    def story(told: list[Any]) -> str:
        desk = Desk()
        for each in told:
            (desk.act if isinstance(each, Activity) else desk.snapshot)(each)
        desk.act(last)
        return desk.last.scorecard.model_dump_json()

    orderly: list[Any] = [*acts, *given, known]
    shuffled: list[Any] = [*acts, *given, *given[:2], known]
    chance.shuffle(shuffled)
    assert story(shuffled) == story(orderly)
