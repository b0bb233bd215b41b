"""Objectives of promises: whatever is stated, every alert that follows from it can fire, the worst one first."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_local.oncall.__main__ import main
from leadline_local.oncall.burn_rules import rules
from leadline_local.oncall.objectives import LEAST, MOST, WINDOWS, Objectives, highest_burn, load

objectives = st.floats(LEAST, MOST).map(lambda share: round(share, 4))
policies = st.sampled_from(["hot", "warm", "cold", "decision", "content"])


@given(objectives)
def test_every_limit_is_below_the_highest_burn_rate_and_above_what_is_allowed(objective: float) -> None:
    for window in WINDOWS:
        assert 1 <= window.limit(objective) < highest_burn(objective)


@given(objectives)
def test_the_longer_it_takes_to_notice_the_less_it_takes(objective: float) -> None:
    for sooner, later in pairwise(WINDOWS):
        assert sooner.limit(objective) >= later.limit(objective)


def test_at_a_large_objective_the_limits_are_the_usual_ones_and_at_ninety_per_cent_they_still_fire() -> None:
    assert [window.limit(0.999) for window in WINDOWS] == [14.4, 6, 3, 1]
    assert [window.limit(0.95) for window in WINDOWS] == [10, 6, 3, 1]
    assert [window.limit(0.9) for window in WINDOWS] == [5, 4, 3, 1]


@given(objectives, st.dictionaries(policies, objectives))
def test_every_policy_has_exactly_one_objective(default: float, named: dict[str, float]) -> None:
    stated = Objectives(default=default, policies=named)
    for policy in ("hot", "warm", "cold", "decision", "content", "another"):
        found = [objective for objective, matcher in stated.classes.items() if holds(matcher, policy)]
        assert found == [named.get(policy, default)]


def holds(matcher: str, policy: str) -> bool:
    names = matcher.partition('"')[2].rstrip('"').split("|")
    return (policy in names) == ("=~" in matcher)


def test_alerts_of_one_name_differ_by_their_window() -> None:
    found = [r for group in rules(Objectives(default=0.95))["groups"] for r in group["rules"] if "alert" in r]
    keys = [(rule["alert"], rule["labels"].get("window")) for rule in found]
    assert len(keys) == len(set(keys)) == len(WINDOWS), "and where no policy is imminent nothing is asked about it"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("default: 1.0", "default: Input should be less than or equal to 0.9995"),
        ("default: 0.5", "default: Input should be greater than or equal to 0.8"),
        ("default: 0.95\npolicies: {'a|b': 0.9}", "policies.a|b"),
        ("default: 0.95\nobjective: 0.9", "objective: Extra inputs are not permitted"),
        ("default: 0.95\npolicies: {hot: 0.9\n", "objectives.yaml: line 3, column 1: expected ',' or '}'"),
        ("default: 0.95\ndefault: 0.9", "objectives.yaml: line 2, column 1: found duplicate key"),
        ("", "objectives.yaml: (top level): Input should be a valid dictionary"),
    ],
)
def test_an_objective_at_which_nothing_could_fire_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, wrong: str
) -> None:
    (tmp_path / "prometheus").mkdir()
    file = tmp_path / "prometheus" / "objectives.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=file.name):
        load(file)
    assert main(tmp_path) == 2
    said = capsys.readouterr().err
    assert wrong in said and "run `make schemas` again" in said
    file.unlink()
    assert main(tmp_path) == 2
    assert "objectives.yaml: (top level): cannot be read (FileNotFoundError)" in capsys.readouterr().err
