"""`leadline rules diff`: which leads other rules would judge otherwise, and why."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadline_console.app import build
from tests.support.scoring_files import SHIPPED, version

Diff = Callable[..., tuple[int, str]]
CALENDARS = Path(str(files("leadline_runtime") / "rules" / "calendars.yaml"))
SLA = files("leadline_sla_monitor") / "rules" / "sla.yaml"
SIZE = "fit/groups/company/rules/size/levels"


@pytest.fixture
def diff(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Diff:
    """Runs `leadline rules diff ...` in an empty folder: the exit code and what was printed."""
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, given: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(build(), ["rules", "diff", *map(str, arguments)], input=given)
        return result.exit_code, result.output

    return run


def lead(name: str, employees: int, *acts: str, **more: Any) -> dict[str, Any]:
    """A lead of a logistics company that did these things at noon."""
    facts = {"employees": employees, "industry": "logistics", **more}
    noon = "2026-03-10T12:00:00Z"
    return {
        "name": name,
        "lead": facts,
        "as_of": noon,
        "acts": [{"kind": kind, "tag": "pricing", "at": noon} for kind in acts],
    }


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """Three leads: one of 45 points fit, one of 35 that is a B by one point, one of 25."""
    file = tmp_path / "leads.jsonl"
    three = [lead("big", 600, "meeting.held"), lead("small", 25, "meeting.held"), lead("unknown", 0)]
    file.write_text("".join(f"{json.dumps(each)}\n" for each in three))
    return file


def test_who_changes_and_why(diff: Diff, leads: Path, tmp_path: Path) -> None:
    new = version(tmp_path / "scoring-new.yaml", (f"{SIZE}/3/points", 8), ("version", "april"))
    code, said = diff("current", new, "--over", leads, "--json")
    told = json.loads(said)
    assert code == 0 and (told["leads"], told["changed"], told["other_points"]) == (3, 1, 1)
    assert told["list"] == [
        {"lead": "small", "changes": {"grade": ["B2", "C2"]}, "why": ["fit.company.size 10 → 8"]}
    ]  # fmt: skip
    assert told["causes"] == {"fit.company.size": 1}
    grade = told["aspects"]["grade"]
    assert grade["before"] == {"B2": 2, "C4": 1} and grade["after"] == {"B2": 1, "C2": 1, "C4": 1}
    assert told["new"]["version"] == "april" and told["old"]["version"] == "2026-03-01"


def test_a_person_sees_the_matrix(diff: Diff, leads: Path, tmp_path: Path) -> None:
    new = version(tmp_path / "scoring-new.yaml", (f"{SIZE}/3/points", 8))
    code, said = diff(SHIPPED, new, "--over", leads)
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert code == 0 and "3 leads compared, 1 change (33.3%)" in lines
    assert lines[lines.index("grade: 1 change") + 1 :][:4] == [
        "old \\ new B2 C2 C4 in all", "B2 1 1 · 2", "C4 · · 1 1", "in all 1 1 1 3",
    ]  # fmt: skip
    assert "signal: nobody changes (IQL 2, none 1)" in lines
    assert "small grade B2 → C2" in lines and "fit.company.size 10 → 8" in lines


def test_bands_vetoes_and_hand_raises_are_causes_too(diff: Diff, tmp_path: Path) -> None:
    asked = lead("asked", 600)
    asked["acts"] = [{"request": "demo_request", "at": asked["as_of"]}]
    leads = [asked, lead("rival", 600, email_domain="newrival.example"), lead("fit", 600)]
    (tmp_path / "leads.json").write_text(json.dumps(leads))
    new = version(
        tmp_path / "new/scoring.yaml",
        ("bands/letter/A", {"enter": 45, "leave": 40}),
        ("hand_raises", ["contact_sales"]),
        ("veto/competitor/when", {"email_domain": "newrival.example"}),
    )
    told = json.loads(diff("current", new.parent, "--over", "leads.json", "--json")[1])
    why = {each["lead"]: each["why"] for each in told["list"]}
    assert why["rival"] == ["veto competitor: holds now"]
    assert why["asked"] == ["hand raise: no instead of yes"] and told["causes"]["hand raise"] == 1
    assert why["fit"] == ["the same points, other bands"]
    assert told["aspects"]["veto"]["moves"] == [
        {"from": "none", "to": "competitor", "leads": 1}, {"from": "none", "to": "none", "leads": 2},
    ]  # fmt: skip


def test_the_exit_code_says_whether_too_many_change(diff: Diff, leads: Path, tmp_path: Path) -> None:
    new = version(tmp_path / "scoring-new.yaml", (f"{SIZE}/3/points", 8))
    for allowed, wanted in (("1", 0), ("34%", 0), ("0", 1), ("33%", 1)):
        code, said = diff("current", new, "--over", leads, "--max-changed", allowed)
        assert code == wanted, said
    assert "1 leads change: more than 33%, which is 0 here." in said


def test_many_leads_are_shared_among_processes_and_told_in_their_order(diff: Diff, tmp_path: Path) -> None:
    many = [lead(f"lead {number}", 20 + number % 60, "meeting.held") for number in range(1203)]
    (tmp_path / "many.jsonl").write_text("\n".join(map(json.dumps, many)))
    new = version(tmp_path / "scoring-new.yaml", (f"{SIZE}/3/points", 8))
    told = json.loads(diff("current", new, "--over", "many.jsonl", "--json", "--list", "700")[1])
    small = [each["name"] for each in many if each["lead"]["employees"] < 50]
    assert (told["leads"], told["changed"]) == (1203, len(small))
    assert [each["lead"] for each in told["list"]] == small[:700]


def test_as_of_another_day(diff: Diff, leads: Path, tmp_path: Path) -> None:
    new = version(tmp_path / "scoring-new.yaml", ("intent/decay", {"half_life": "5d"}))
    assert json.loads(diff("current", new, "--over", leads, "--json")[1])["changed"] == 0
    told = json.loads(diff("current", new, "--over", leads, "--json", "--as-of", "2026-03-20")[1])
    assert told["changed"] == 2 and told["list"][0]["why"] == ["intent.sales.meeting_attended 18.877 → 5.359"]


@pytest.mark.parametrize(
    ("arguments", "given", "says"),
    [
        (["current", "current", "--recorded"], "", "Both are the rules in force: name at least one other file."),
        (["current", "new.yaml", "--recorded"], "", "There is no file or folder new.yaml; `current` means the rules"),
        (["current", SHIPPED], "", "Say over which leads: --recorded"),
        (["current", SHIPPED, "--recorded", "--over", "x"], "", "Say over which leads: --recorded"),
        (["current", SHIPPED, "--over", "x.jsonl"], "", "There is no file x.jsonl."),
        (["current", SHIPPED, "--over", "-"], '{"lead": {}}', "stdin line 1 has no as_of: as of when"),
        (["current", SHIPPED, "--over", "-"], '{"lead": {"staff": 3}, "as_of": "2026-03-01T00:00:00Z"}',
         "stdin line 1: lead.staff: is no fact"),
        (["current", SHIPPED, "--over", "-", "--max-changed", "few"], "", "neither a number of leads, as 50, nor"),
        (["current", CALENDARS, "--recorded"], "", "`leadline calendar diff` shows the days and the deadlines"),
        (["current", SLA, "--recorded"], "",
         "Nobody compares sla.yaml yet; there is a comparison of routing.yaml, scoring.yaml, team.yaml."),
        (["current", "/", "--recorded"], "",
         "holds none of the files that can be compared: routing.yaml, scoring.yaml, team.yaml."),
    ],
)  # fmt: skip
def test_wrong_use_says_what_would_be_right(diff: Diff, arguments: list[object], given: str, says: str) -> None:
    code, said = diff(*arguments, given=given)
    assert code == 2 and says in said


def test_a_bad_file_is_named_with_its_fault(diff: Diff, leads: Path, tmp_path: Path) -> None:
    bad = version(tmp_path / "scoring-bad.yaml", ("zone", "America/Boston"))
    code, said = diff("current", bad, "--over", leads)
    assert code == 2 and said == f"{bad}: zone: is no IANA time zone, e.g. America/New_York\n"
