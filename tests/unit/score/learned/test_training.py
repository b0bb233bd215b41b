"""What is learned is measured on rows that were not seen, is the same each time, and is served as it was fitted."""

from math import exp
from random import Random
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_score.core.learned import assess
from leadline_score.learned_file import compile_model, is_personal, read_model, written
from leadline_score.training.choosing import Terms
from leadline_score.training.evaluate import evaluate
from leadline_score.training.measures import auc, auc_of_groups, brier, calibration, lift, log_loss, psi
from leadline_score.training.splitting import inner_folds, split
from leadline_score.training.train import Trained
from tests.unit.score.learned import tables
from tests.unit.score.learned.trained import calls, education, honest, opportunities, table_of, trained


def test_measures_by_hand() -> None:
    scores, ends = [0.1, 0.4, 0.4, 0.8], [0, 1, 0, 1]
    assert auc(scores, ends) == pytest.approx((1 + 0.5 + 1 + 1) / 4)
    assert auc([0.5] * 4, ends) == 0.5
    assert auc_of_groups([(10, 1), (10, 9)]) == pytest.approx((9 * 9 + (1 * 9 + 9 * 1) / 2) / 100)
    assert lift([4, 3, 2, 1, 0], [1, 0, 0, 0, 0]) == pytest.approx(5)
    assert lift([1] * 10, [1, 0] * 5) == pytest.approx(1)  # ties count by their part
    assert brier([0.5, 1.0], [1, 1]) == pytest.approx(0.125)
    assert log_loss([0.5, 0.5], [1, 0]) == pytest.approx(0.693147, abs=1e-6)
    assert [each["rows"] for each in calibration([0.1] * 5 + [0.9] * 5, [0] * 5 + [1] * 5)] == [5, 5]
    assert psi([0.5, 0.5], [0.5, 0.5]) == 0
    assert psi([0.5, 0.5], [0.9, 0.1]) > 0.25


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1)), min_size=2, max_size=40))
def test_auc_is_the_share_of_pairs_in_right_order(pairs: list[tuple[int, int]]) -> None:
    won, lost = [s for s, e in pairs if e], [s for s, e in pairs if not e]
    expected = 0.5
    if won and lost:
        expected = sum((w > x) + (w == x) / 2 for w in won for x in lost) / (len(won) * len(lost))
    assert auc([s for s, _ in pairs], [e for _, e in pairs]) == pytest.approx(expected)


def test_the_newest_rows_measure() -> None:
    made = opportunities()
    column = table_of(tables.opportunities()).columns["created_on"]
    assert made.split.by_time
    assert len(column) > 0
    assert min(made.split.test) > max(made.split.learn)  # this table is written oldest first
    assert made.model.metrics["split"] == "the newest fifth of the rows"


def test_each_inner_fold_is_looked_at_by_later_rows_or_once_by_each() -> None:
    for fold in inner_folds([0, 1] * 50, True, 7):
        assert max(fold.fit) < min(fold.look)
    looked = [place for fold in inner_folds([0, 1] * 50, False, 7) for place in fold.look]
    assert sorted(looked) == list(range(100))
    assert split([0, 1] * 50, None, 7) == split([0, 1] * 50, None, 7) != split([0, 1] * 50, None, 8)


@pytest.mark.parametrize("made", [education, calls, opportunities, honest])
def test_it_beats_its_baselines_and_is_calibrated(made: Any) -> None:
    metrics = made().model.metrics
    assert metrics["model"]["auc"] > metrics["baseline_best_column"]["auc"] - 0.01
    assert metrics["model"]["log_loss"] < metrics["baseline_prior"]["log_loss"]
    assert metrics["model"]["brier"] < metrics["baseline_prior"]["brier"]
    said = sum(each["rows"] * each["predicted"] for each in metrics["calibration"]) / metrics["model"]["rows"]
    assert said == pytest.approx(metrics["model"]["base_rate"], abs=0.05)


def test_the_same_table_gives_the_same_bytes() -> None:
    again = trained(tables.education(), "Converted")
    assert written(again.model) == written(education().model)


def test_leaks_would_have_looked_better() -> None:
    leaky = trained(tables.education(), "Converted", terms=Terms(allowed=frozenset(tables.EDUCATION_LEAKS)))
    assert leaky.model.metrics["model"]["auc"] > education().model.metrics["model"]["auc"] + 0.05


def test_noise_is_said_to_be_no_better_than_the_base_rate() -> None:
    chance = Random(9)
    rows = [{"a": chance.choice("xyz"), "n": chance.random(), "won": chance.randrange(2)} for _ in range(600)]
    metrics = trained(rows, "won").model.metrics
    assert metrics["model"]["auc"] == pytest.approx(0.5, abs=0.1)
    assert metrics["model"]["log_loss"] == pytest.approx(metrics["baseline_prior"]["log_loss"], abs=0.01)


def _by_scikit_learn(made: Trained, row: dict[str, Any]) -> float:
    """The probability by scikit-learn's own predict_proba; a slot that no row fell into is the average row's."""
    parts = []
    for candidate, shares in zip(made.candidates, made.fitted.shares, strict=True):
        slot = candidate.slots.of(row.get(candidate.column))
        one = numpy.zeros(candidate.slots.count)
        if shares[slot]:
            one[slot] = 1.0
        else:
            rows = [candidate.encoded[place] for place in made.split.learn]
            one = numpy.bincount(rows, minlength=candidate.slots.count) / len(rows)
        parts.append(one)
    design = numpy.concatenate(parts).reshape(1, -1)
    if made.fitted.calibrator is None:
        score = made.fitted.slope * made.fitted.estimator.decision_function(design)[0] + made.fitted.offset
        return 1 / (1 + exp(-score))
    score = made.fitted.estimator.decision_function(design).reshape(1, -1)
    return float(made.fitted.calibrator.predict_proba(score)[0][1])


_CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**6), 10**6),
    st.floats(),
    st.booleans(),
    st.sampled_from(["Google", "REFERRAL", "Select", "999", "1,200 €", "yes", "Working Professional", "2024-03-01"]),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
@pytest.mark.parametrize("made", [education, calls, honest])
def test_served_as_scikit_learn_predicts(made: Any, data: st.DataObject) -> None:
    found = made()
    columns = sorted({feature.column for feature in found.model.features})
    row = {column: data.draw(_CELL, column) for column in columns}
    said = assess(compile_model(found.model, by_column=True), row)
    assert said.probability == pytest.approx(_by_scikit_learn(found, row), abs=1e-9)


def test_its_own_rows_are_served_as_fitted() -> None:
    made = calls()
    rows = tables.calls()
    compiled = compile_model(made.model, by_column=True)
    for row in rows[:200]:
        cells = {name: str(value) for name, value in row.items()}
        assert assess(compiled, cells).probability == pytest.approx(_by_scikit_learn(made, cells), abs=1e-9)


def test_a_later_table_is_measured_with_the_drift_of_its_columns() -> None:
    later = tables.education(800, seed=77)
    for row in later:
        row["Lead Source"] = "Facebook"
    found = evaluate(education().model, table_of(later))
    assert found.metrics["auc"] > 0.7
    assert found.drift[0].feature == "Lead Source"
    assert found.drift[0].verdict == "another population"
    assert {each.verdict for each in found.drift[1:]} == {"calm"}
    assert not found.same_data
    same = evaluate(education().model, table_of(tables.education()))
    assert same.same_data


def test_a_column_that_is_gone_counts_as_unknown() -> None:
    later = [{k: v for k, v in row.items() if k != "City"} for row in tables.education(800, seed=78)]
    assert evaluate(education().model, table_of(later)).absent == ("City",)


def test_what_no_lead_holds_is_measured_apart() -> None:
    terms = Terms(
        {"Lead Source": "source", "Total Time Spent on Website": None, "What is your current occupation": None}
    )
    metrics = trained(tables.education(), "Converted", terms=terms).model.metrics
    assert metrics["not_served"] == ["Total Time Spent on Website", "What is your current occupation"]
    assert 0.5 < metrics["as_served"]["auc"] < metrics["model"]["auc"] - 0.03


def test_the_file_is_checked_and_holds_nobody() -> None:
    model = education().model
    assert read_model(model.model_dump(mode="json"), "model.json") == model
    assert not [level for feature in model.features for level in feature.levels if is_personal(level)]
    assert is_personal("ann@x.com")
    assert is_personal("+49 30 1234567")
    assert not is_personal("1000-1999")
    assert not is_personal("2024-03-01")
