"""`leadline score train` and `evaluate` as a person runs them."""

import json
import sys
from pathlib import Path

import pytest

from leadline_score.learned_file import read_model
from tests.unit.score.commands import Run, runner
from tests.unit.score.learned import tables


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command."""
    return runner(monkeypatch)


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """A table of closed leads, as a German office exports it."""
    return tables.write(tmp_path / "leads.csv", tables.education(700), ";", "utf-8-sig")


def test_train_then_evaluate(run: Run, leads: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    made = run("train", str(leads), "--target", "converted", "--out", str(model))
    assert "too good alone" in made
    assert "best single column" in made
    assert "No --time was given" in made
    assert f"Written to {model}" in made
    content = json.loads(model.read_text())
    assert content["training"]["command"] == "leadline score train leads.csv --target converted --seed 7"
    assert str(tmp_path) not in model.read_text()
    read_model(content, "model.json")
    later = str(tables.write(tmp_path / "later.csv", tables.education(500, seed=50)))
    run("evaluate", str(model), later, "--min-auc", "0.6")
    assert "is below --min-auc 0.99" in run("evaluate", str(model), later, "--min-auc", "0.99", code=1)
    told = json.loads(run("evaluate", str(model), later, "--json"))
    assert 0.6 < told["metrics"]["auc"] < 0.99
    assert {each["feature"] for each in told["drift"]} == {each["name"] for each in content["features"]}


def test_a_map_says_what_is_known_at_capture(run: Run, leads: Path, tmp_path: Path) -> None:
    chosen = tmp_path / "map.yaml"
    options = ("--target", "Converted", "--capture-time-only", str(chosen), "--out", str(tmp_path / "m.json"))
    chosen.write_text("Lead Source: source\nCity: null\n")
    made = run("train", str(leads), *options)
    assert "as served, by the fields of a lead" in made
    assert "A lead's source never is" in made, "its words are others than those of the column"
    chosen.write_text("Lead Source: sauce\n")
    wrong = run("train", str(leads), *options, code=2)
    assert "'Lead Source' is mapped to 'sauce', which is no field of a lead" in wrong


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--target", "nothing"], "--target names no column of the table"),
        (["--target", "Converted", "--time", "City"], "most of its rows are no dates"),
        (["--target", "Converted", "--time", "Converted"], "name the same column"),
        (["--target", "Lead Source"], "Name it with --positive"),
        (["--target", "Converted", "--allow", "Tag"], "--allow names no column"),
        (["--target", "Converted", "--servable-only"], "needs --capture-time-only"),
    ],
)
def test_faults_are_one_sentence(run: Run, leads: Path, options: list[str], says: str) -> None:
    assert says in run("train", str(leads), *options, code=2)


def test_without_scikit_learn_it_says_how_to_install_it(
    run: Run, leads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    told = run("train", str(leads), "--target", "Converted", "--out", str(tmp_path / "m.json"), code=2)
    assert "pip install 'leadline-score[train]'" in told
