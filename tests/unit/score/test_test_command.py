"""`leadline score test`: leads of a file, judged and shown with the arithmetic."""

import json
from pathlib import Path

import pytest

import leadline_score
from tests.unit.score.commands import Run, runner

SHIPPED = Path(leadline_score.__file__).parent / "rules/scoring.yaml"
# Four pricing views in a week and two downloads: golden lead G2, the oldest view and the next one give nothing.
INTERESTED = {
    "name": "a logistics company that looks at prices",
    "as_of": "2026-03-12T15:00:00Z",
    "lead": {"country": "US", "employees": 200, "industry": "logistics", "domain_class": "corporate"},
    "acts": [
        {"kind": "page.viewed", "tag": "pricing", "at": f"2026-03-{day:02}T14:00:00Z"} for day in (8, 9, 10, 11)
    ]
    + [{"kind": "content.downloaded", "name": "integration guide", "at": "2026-03-11T15:00:00Z"}],
}  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return runner(monkeypatch)


@pytest.fixture
def lead(tmp_path: Path) -> Path:
    file = tmp_path / "lead.json"
    file.write_text(json.dumps(INTERESTED, indent=1))
    return file


def line(shown: str, *parts: str) -> str:
    """The one line that holds all of these."""
    (found,) = [each for each in shown.splitlines() if all(part in each for part in parts)]
    return " ".join(found.split())


def test_each_point_is_told_from_its_raw_value_to_what_counted(run: Run, lead: Path) -> None:
    shown = run("test", lead)
    assert line(shown, "pricing page on Sun 8 Mar").startswith(
        "intent.evaluation.pricing_page 10 10.000 0.000 0.000 0.000"
    )
    assert line(shown, "pricing page on Mon 9 Mar").startswith(
        "intent.evaluation.pricing_page 10 10.000 10.000 10.000 10.000"
    )
    assert line(shown, "pricing_page: ") == "pricing_page: 40.000 capped at 30.000"
    assert line(shown, "intent: ") == "intent: evaluation 30.000 + content 10.000 = 40.000 → 40.000"
    assert line(shown, "total: fit") == "total: fit 45.000 + intent 40.000 = 85.000; shown as 85"


def test_of_a_busy_lead_the_newest_acts_count_as_they_do_in_score_itself(run: Run, tmp_path: Path) -> None:
    calls = [{"kind": "call.attempted", "at": f"2026-03-11T{n // 60:02}:{n % 60:02}:00Z"} for n in range(500)]
    download = {"kind": "content.downloaded", "at": "2026-03-10T15:00:00Z"}
    for acts, counted, words in (
        (calls[1:], "10.000", []),
        (calls, "0.000", ["only the newest 500 acts were counted"]),
    ):
        file = tmp_path / "busy.json"
        file.write_text(json.dumps({**INTERESTED, "acts": [download, *acts]}))
        shown = run("test", file)
        assert [each.strip() for each in shown.splitlines() if "newest 500" in each] == words
        assert line(shown, "total: fit").startswith(f"total: fit 45.000 + intent {counted} ")


def test_bands_are_told_with_what_is_missing_to_the_next(run: Run, lead: Path) -> None:
    shown = run("test", lead)
    assert line(shown, "letter A") == "letter A: fit 45 of 50, 5 missing"
    assert line(shown, "letter B") == "letter B: in force, fit 45; left below 30"
    assert line(shown, "PQL") == "PQL: product 0 of 20, 20 missing"
    told = json.loads(run("test", lead, "--json"))["leads"][0]["bands"]
    assert told[0] == {
        "band": "letter A", "of": "fit", "value": "45.000", "enter": "50.000", "leave": "45.000", "inside": False,
        "missing": "5.000",
    }  # fmt: skip


def test_an_mql_that_lacks_a_minimum_says_which(run: Run) -> None:
    cfo = '{"lead": {"title": "CFO", "employees": 600, "industry": "manufacturing"}, "as_of": "2026-03-11T08:00:00Z"}'
    shown = run("test", "-", given=cfo)
    assert line(shown, "MQL: total") == "MQL: total 60 of 70, 10 missing"
    assert line(shown, "MQL: intent") == "MQL: intent 0 of 10, 10 missing"


def test_what_would_make_it_hot_is_told_and_found_by_judging(run: Run, tmp_path: Path) -> None:
    fit = {"lead": {"employees": 200, "industry": "logistics"}, "as_of": "2026-03-11T08:00:00Z"}
    shown = run("test", "-", given=json.dumps(fit))
    assert "what would make it hot: demo request → 75 B1" in shown.replace("\n", " ")
    (told,) = json.loads(run("test", "-", "--json", given=json.dumps(fit)))["leads"]
    way = told["what_if"]["hot"][0]
    assert [change["name"] for change in way["changes"]] == ["demo_request"]
    asked = {**fit, "acts": [{"request": "demo_request", "at": fit["as_of"]}]}
    (then,) = json.loads(run("test", "-", "--json", given=json.dumps(asked)))["leads"]
    card = then["scorecard"]
    assert (card["total"], card["grade"], card["temperature"]) == (way["total"], way["grade"], "hot")
    assert "what would" not in run("test", "-", "--no-what-if", given=json.dumps(fit))


def test_another_instant_and_other_rules(run: Run, lead: Path, tmp_path: Path) -> None:
    later = json.loads(run("test", lead, "--json", "--as-of", "2026-09-12"))["leads"][0]["scorecard"]
    assert (later["as_of"], later["total"]) == ("2026-09-12T00:00:00Z", "45.807")

    (tmp_path / "scoring.yaml").write_text(
        SHIPPED.read_text().replace(
            "{points: 20, when: {employees: {gte: 50}}}", "{points: 12, when: {employees: {gte: 50}}}"
        )
    )
    said = run("test", lead, "--rules", tmp_path, code=2)
    assert "examples.0.expect (the explainable 85).fit: is 37.000 by these rules, not 45" in said


def test_examples_of_a_rules_file_and_leads_by_line_are_read_too(run: Run, tmp_path: Path) -> None:
    told = json.loads(run("test", SHIPPED, "--json"))
    assert len(told["leads"]) == 7 and not any(each["unexpected"] for each in told["leads"])

    lines = tmp_path / "leads.jsonl"
    lines.write_text("\n".join(json.dumps({**INTERESTED, "expect": {"total": total}}) for total in (85, 84)))
    shown = run("test", lines, code=1)
    assert line(shown, "not as expected") == "not as expected: total is 85.000 by these rules, not 84"


def test_the_course_of_fit_decides_bands_as_it_did_in_life(run: Run) -> None:
    """Once 75, now 60.6: still an MQL if the fit was known all along, not if it became known just now."""
    downloads = [
        {"request": "content_download", "kind": "content.downloaded", "at": f"2026-01-{day:02}T12:00:00Z"}
        for day in (10, 11)
    ]
    acts = [*downloads, {"kind": "page.viewed", "tag": "pricing", "at": "2026-01-11T12:00:00Z"}]
    known = {"lead": {"title": "CEO", "employees": 200, "industry": "software"}, "acts": acts}
    signals = []
    for fits in ([], [{"at": "2026-01-10T12:00:00Z", "fit": 45}]):
        given = json.dumps({**known, "fits": fits, "as_of": "2026-02-15T12:00:00Z"})
        signals.append(json.loads(run("test", "-", "--json", given=given))["leads"][0]["scorecard"]["signal"])
    assert signals == ["IQL", "MQL"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "stdin is empty; give a lead as JSON"),
        ('{"lead": {"employes": 3}, "as_of": "2026-03-01T00:00:00Z"}',
         "stdin line 1: lead.employes: is no fact that rules may ask; did you mean employees?"),
        ('{"lead": {"country": ["US", "DE"]}}', "lead.country: is one text or one number, no list and no map"),
        ('{"lead": {"employees": true}}', "lead.employees: is not yes or no"),
        ('{"lead": {"do_not_contact": "yes"}}', "lead.do_not_contact: is yes or no"),
        ('{"acts": [{"kind": "page.seen", "at": "2026-03-01T00:00:00Z"}]}', "stdin line 1: acts.0.kind: Input should"),
        ('{"acts": [{"kind": "page.viewed", "at": "2026-03-01"}]}', "acts.0.at: Input should have timezone info"),
        ('{"leed": {}}', "stdin line 1: leed: Extra inputs are not permitted"),
        ('{"lead": {}}\n{"lead": {}', "stdin line 2: (top level): is no JSON: Expecting"),
        ("lead: [1", "stdin: line 1, column 9: "),
    ],
)  # fmt: skip
def test_what_is_no_lead_is_named_with_its_place(run: Run, given: str, says: str) -> None:
    assert says in run("test", "-", given=given, code=2)


def test_wrong_use_says_what_would_be_right(run: Run, tmp_path: Path) -> None:
    assert run("test", tmp_path / "no.json", code=2).startswith("There is no file ")
    assert "give a scoring.yaml" in run("test", "-", "--rules", tmp_path, code=2)
    assert "write 2026-03-12T15:00:00Z" in run("test", "-", "--as-of", "last week", code=2)
