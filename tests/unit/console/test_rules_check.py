"""`leadline rules check`: every rules file as its service reads it, every fault at once."""

import json
from functools import partial
from pathlib import Path

import pytest

from tests.support.scoring_files import SHIPPED, version
from tests.unit.console.conftest import Run
from tests.unit.house.sources import ROOT, SERVICES


@pytest.fixture
def check(leadline: Run) -> Run:
    """Runs `leadline rules check ...`."""
    return partial(leadline, "rules", "check")


def test_what_ships_is_good_of_every_service(check: Run) -> None:
    code, said = check("--json")
    told = {each["service"]: each for each in json.loads(said)["checked"]}
    assert code == 0 and set(SERVICES) <= set(told)
    assert all(each["digest"] and not each["faults"] for each in told.values())
    assert told["score"]["version"] == "2026-03-01" and told["score"]["files"] == {"scoring.yaml": str(SHIPPED)}
    assert {"team.yaml", "routing.yaml", "calendars.yaml", "lifecycle.yaml"} == set(told["route"]["files"])


def test_the_rules_in_force_are_those_of_the_operator(check: Run, monkeypatch: pytest.MonkeyPatch,
                                                      tmp_path: Path) -> None:  # fmt: skip
    own = version(tmp_path / "rules/scoring.yaml", ("version", "april"))
    monkeypatch.setenv("LEADLINE_RULES_DIR", str(own.parent))
    code, said = check()
    assert code == 0 and "score: good, version april (" in said


def test_a_file_of_any_name_is_known_by_how_it_begins_or_by_what_is_in_it(check: Run, tmp_path: Path) -> None:
    for name in ("scoring-april.yaml", "ours.yaml"):
        file = version(tmp_path / name, ("version", "april"))
        assert check(file) == (0, check(file)[1]) and "score: good, version april" in check(file)[1]


def test_all_faults_are_told_with_the_file_as_it_lies_there(check: Run, tmp_path: Path) -> None:
    wrong = version(tmp_path / "rules/scoring.yaml", ("fit/cap", "much"), ("colour", "red"))
    (tmp_path / "rules/routing.yaml").write_text("version: 1\nrules: [")
    (tmp_path / "rules/team.yaml").write_text("version 1\n")
    code, said = check(tmp_path / "rules")
    assert code == 1
    assert f"fault {wrong}: fit.cap: Input should be a valid integer" in said
    assert f"fault {wrong}: colour: Extra inputs are not permitted" in said
    assert "score: must not be used, 2 faults" in said and "route: must not be used, 2 faults" in said
    assert f"fault {tmp_path / 'rules/routing.yaml'}: line " in said
    assert f"fault {tmp_path / 'rules/team.yaml'}: version: is missing" in said


def test_a_file_that_nobody_would_read_is_told(check: Run, tmp_path: Path) -> None:
    version(tmp_path / "scoring.yaml")
    version(tmp_path / "scorings.yaml")
    (tmp_path / "source").mkdir()
    (tmp_path / "source/ours.yaml").write_text("version: 1\n")
    code, said = check(tmp_path)
    assert code == 0
    assert "scorings.yaml: no service reads a file of this name; did you mean scoring.yaml?" in said
    assert "source: no service reads a folder of this name; did you mean sources?" in said


def test_a_source_is_checked_among_those_that_ship(check: Run, tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    own = tmp_path / "sources/ours.yaml"
    own.write_text("version: 1\n")
    code, said = check(own)
    assert code == 1 and f"fault {own}" in said and "capture-edge: must not be used" in said


def test_wrong_use_says_what_would_be_right(check: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert check("nowhere.yaml") == (2, "There is no file or folder nowhere.yaml.\n")
    (tmp_path / "shopping.yaml").write_text("milk: 2\n")
    code, said = check("shopping.yaml")
    assert code == 2 and "is no rules file that a service knows. Name it like one of" in said
    (tmp_path / "empty").mkdir()
    code, said = check("empty")
    assert code == 2 and "holds no rules file that a service knows" in said
    monkeypatch.setenv("LEADLINE_RULES_DIR", "/nowhere")
    code, said = check()
    assert code == 2 and "LEADLINE_RULES_DIR is /nowhere, and there is no such folder" in said


@pytest.mark.parametrize(
    ("file", "before", "late", "says"),
    [
        ("route/leadline_route/rules/routing.yaml", "  - id: r6_us_east",
         "  - {id: late, when: {territory: emea, country: DE}, pools: [emea]}",
         "late never counts: what fits it fits r5_emea before it; put the narrower one first"),
        ("sla-monitor/leadline_sla_monitor/rules/sla.yaml", "  - name: referral\n",
         "  - {name: late, when: {type: trial_signup}, targets: {ack: {within: 1 h, answered_by: [ack]}}}",
         "late never counts: what fits it fits trial before it; put the narrower one first"),
    ],
)  # fmt: skip
def test_rules_that_nothing_ever_reaches_are_warned_of(
    check: Run, tmp_path: Path, file: str, before: str, late: str, says: str
) -> None:
    shipped = ROOT / "services" / file
    own = tmp_path / shipped.name
    own.write_text(shipped.read_text().replace(before, f"{late}\n{before}", 1))
    code, said = check("--json", own)
    (checked,) = json.loads(said)["checked"]
    assert code == 0 and [each["problem"] for each in checked["warnings"]] == [says]


def test_points_that_can_never_count_are_warned_of(check: Run, tmp_path: Path) -> None:
    levels = [{"points": 20, "when": {"employees": {"gte": 50}}}, {"points": 10, "when": {"employees": {"gte": 1000}}}]
    own = version(tmp_path / "scoring-new.yaml", ("fit/groups/company/rules/size/levels", levels))
    code, said = check(own)
    assert code == 0 and "warning" in said and "size.levels.1: never counts" in said
