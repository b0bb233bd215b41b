"""`leadline enrich test`: a lead in a file, and every fact with where it comes from."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadline_console.app import build, exit_code
from leadline_schemas.codec import encode
from leadline_schemas.topics import LEAD_CAPTURED
from tests.unit.enrich.leads import NOW, captured, record

RUN = CliRunner()


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("LEADLINE_RULES_DIR", "LEADLINE_FIRMOGRAPHICS_FILE", "LEADLINE_ACCOUNTS_FILE"):
        monkeypatch.delenv(name, raising=False)

    def write(content: Any, *options: str) -> Any:
        file = tmp_path / "lead.json"
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return RUN.invoke(build(), ["enrich", "test", str(file), *options])

    return write


def facts(result: Any, lead: int = 0) -> dict[str, dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return {each["fact"]: each for each in json.loads(result.stdout)["leads"][lead]["facts"]}


def test_every_fact_says_from_whom_how_sure_and_why(written: Any) -> None:
    lead = {"email": "vogt@bayfreight.example", "title": "Head of IT", "phone": "+41446681800", "ip": "193.99.144.80"}
    found = facts(written(lead, "--json"))
    assert (found["seniority"]["value"], found["seniority"]["confidence"]) == ("head", 0.85)
    assert found["country:phone"]["counts_as"] == "country"
    assert (found["country:ip"]["value"], found["country:ip"]["counts_as"]) == ("DE", None)
    assert (found["employees"]["value"], found["employees"]["provider"]) == (200, "firmographics")
    assert found["industry_band"]["value"] == "target"
    assert found["first_touch_channel"]["why"] == "it is not known where the lead came from"
    assert found["account"]["absent"] == "not_found"


def test_as_a_table(written: Any) -> None:
    told = written({"email": "a.vogt@mueller-maschinen.example", "title": "Einkäufer"})
    assert told.exit_code == 0
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("function")]
    assert line.split()[:6] == ["function", "procurement", "title", "85%", "function", "by"]
    assert "account mueller-maschinen.example: customer, owner hana" in told.stdout


def test_what_stands_around_a_lead(written: Any) -> None:
    content = """
    - name: Ann
      lead: {email: ann@acme.example, employees: 50}
      providers: {firmographics: {employees: 5000}}
      touches: {first: paid_search, last: email}
    - name: Bob
      lead: {email: bob@acme.example, title: CEO}
      refused: [profiling]
    """
    result = written(content, "--json")
    ann, bob = facts(result), facts(result, 1)
    assert (ann["employees"]["value"], ann["employees"]["flags"]) == (5000, ["disagreement"])
    assert ann["first_touch_channel"]["value"] == "paid_search"
    assert (bob["seniority"]["absent"], bob["seniority"]["why"]) == ("consent", "profiling was refused")


def test_an_event_as_it_stands_in_kafka_gives_what_the_service_gave(written: Any) -> None:
    event = captured(at=NOW, lead={"email": "ann@northhaul.example", "title": "VP Sales"})
    raw = encode(LEAD_CAPTURED, record(event).value)
    found = facts(written(raw.decode(), "--json"))
    assert (found["seniority"]["value"], found["employees"]["value"]) == ("vp", 400)


@pytest.mark.parametrize(
    ("content", "code", "message"),
    [
        ({"mail": "a@b.example"}, 2, "mail: is no field of a lead; did you mean email?"),
        ({"email": "a@b.example", "phone": "0446681800"}, 2, "phone: must be international"),
        ({"lead": {"email": "a@b.example"}, "refused": ["post"]}, 2, "refused.0"),
        ({"lead": {"email": "a@b.example"}, "providers": {"oracle": {}}}, 2, "providers.oracle: no such provider"),
        ({"email": "a@b.example", "employees": "many"}, 2, "employees"),
        ([1], 2, "a lead is an object such as"),
        ("{", 2, "lead.json"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(written: Any, content: Any, code: int, message: str) -> None:
    result = written(content)
    assert result.exit_code == code
    assert message in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there() -> None:
    result = RUN.invoke(build(), ["enrich", "test", "/nowhere/lead.json"])
    assert result.exit_code == 4
    assert "cannot be read: No such file" in result.output
    assert exit_code(FileNotFoundError()) is None
