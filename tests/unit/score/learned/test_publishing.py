"""A model becomes a rules file by a person's word, and is taken up and given up like any other."""

import json
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import RulesError, load_rules
from leadline_runtime.rules_watch import RulesWatch
from leadline_score.learned_file import read_model
from leadline_score.metrics import ScoreMetrics
from leadline_score.rules import SPEC
from tests.unit.score.builders import Desk, loaded
from tests.unit.score.commands import Run, runner
from tests.unit.score.learned.models import content, rules
from tests.unit.score.learned.test_serving import known

BY = ("--author", "mara", "--reason", "better for a quarter")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command."""
    return runner(monkeypatch)


@pytest.fixture
def made(tmp_path: Path) -> str:
    """A model file, as training leaves it."""
    file = tmp_path / "trained.json"
    file.write_text(json.dumps(content()))
    return str(file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The operator's rules."""
    (tmp_path / "rules").mkdir()
    return tmp_path / "rules"


def test_shadow_then_promote_then_demote(run: Run, made: str, folder: Path) -> None:
    where = ("--rules", str(folder))
    digests = [load_rules(SPEC, folder).ref.digest]
    assert "runs in shadow" in run("shadow", made, *BY, *where)
    digests.append(load_rules(SPEC, folder).ref.digest)
    assert "counts: its points decide" in run("promote", made, *BY, *where)
    digests.append(load_rules(SPEC, folder).ref.digest)
    assert "runs in shadow" in run("demote", "--author", "bo", "--reason", "too eager", *where)
    stages = read_model(json.loads((folder / "model.json").read_text()), "model.json").stages
    assert [(each.mode, each.author) for each in stages] == [("shadow", "mara"), ("promoted", "mara"), ("shadow", "bo")]
    assert len(set(digests)) == 3
    assert [path.name for path in folder.iterdir()] == ["model.json"], "nothing half written is left"
    assert "is in shadow already" in run("demote", *BY, *where, code=2)


def test_a_lead_in_a_file_is_judged_with_the_model_in_force(
    run: Run, made: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = tmp_path / "lead.json"
    lead.write_text(json.dumps({"lead": {"source": "referral", "employees": 1000}, "as_of": "2026-03-10T16:00:00Z"}))
    monkeypatch.setenv("LEADLINE_RULES_DIR", str(folder))
    run("shadow", made, *BY)
    told = run("test", str(lead))
    assert "learned (shadow): 80.000 of 100, in the MQL band" in told
    assert "Lead Source: referral" in told


def test_what_a_person_can_put_right_is_said(run: Run, made: str, folder: Path, tmp_path: Path) -> None:
    assert "There is no folder of rules" in run("promote", made, *BY, code=2)
    assert "no learned model is at work" in run("demote", *BY, "--rules", str(folder), code=4)
    assert "need some words" in run("promote", made, "--author", "m", "--reason", " ", "--rules", str(folder), code=2)
    (tmp_path / "bad.json").write_text("{")
    assert "is no JSON" in run("shadow", str(tmp_path / "bad.json"), *BY, "--rules", str(folder), code=2)
    unmapped = content()
    for feature in unmapped["features"]:
        feature.pop("field", None)
    (tmp_path / "unmapped.json").write_text(json.dumps(unmapped))
    assert "knows no field of a lead" in run(
        "promote", str(tmp_path / "unmapped.json"), *BY, "--rules", str(folder), code=2
    )
    assert list(folder.iterdir()) == []


def test_a_model_is_taken_up_without_a_restart_and_a_bad_one_changes_nothing(folder: Path) -> None:
    watch = RulesWatch(SPEC, folder, RuntimeMetrics("score", CollectorRegistry()))
    assert watch.current.rules.learned is None
    (folder / "model.json").write_text(json.dumps(content()))
    assert watch.reload_if_changed()
    first = watch.current
    assert first.rules.learned is not None
    assert first.ref.version.endswith("+made-by-hand-1")
    (folder / "model.json").write_text(json.dumps(content())[:-40])
    assert not watch.reload_if_changed()
    assert watch.current is first
    (folder / "model.json").unlink()
    assert watch.reload_if_changed()
    assert watch.current.ref == loaded().ref


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema_version": 2}, "schema_version"),
        ({"surprise": 1}, "surprise"),
        ({"calibration": {"slope": 0, "offset": 0}}, "calibration.slope"),
        ({"intercept": float("nan")}, "intercept"),
    ],
)
def test_a_faulty_file_is_refused_by_its_path(change: dict[str, object], says: str) -> None:
    with pytest.raises(RulesError, match=says):
        rules(**change)


@pytest.mark.parametrize(
    ("feature", "says"),
    [
        ({"levels": ["referral", "ann@example.com"]}, r"features.0.levels.1: looks like an address"),
        ({"weights": [1.0]}, r"features.0.weights: needs 4 numbers"),
        ({"field": "shoe_size"}, r"features.0.field: is no field of a lead"),
        ({"levels": ["a", "a"]}, "hold one value twice"),
    ],
)
def test_a_faulty_feature_is_refused_by_its_path(feature: dict[str, object], says: str) -> None:
    given = content()
    given["features"][0] |= feature
    with pytest.raises(RulesError, match=says):
        rules(features=given["features"])


def test_both_scores_are_compared_in_metrics() -> None:
    registry = CollectorRegistry()
    metrics, desk = ScoreMetrics(registry), Desk()
    desk.rules = rules()
    metrics.measure(desk.snapshot(known(employees=1000)).events)
    agreed = {"mode": "shadow", "rules": "out", "learned": "in"}
    assert registry.get_sample_value("leadline_learned_agreement_total", agreed) == 1
    assert registry.get_sample_value("leadline_learned_points_sum", {"mode": "shadow", "by": "learned"}) == 80
    assert registry.get_sample_value("leadline_learned_points_sum", {"mode": "shadow", "by": "rules"}) == 50
    assert registry.get_sample_value("leadline_learned_probability_sum", {"mode": "shadow"}) == pytest.approx(0.8808)
