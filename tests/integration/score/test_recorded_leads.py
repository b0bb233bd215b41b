"""`leadline score explain | export` and `leadline rules diff --recorded`: on what score holds in PostgreSQL."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_local.endpoints import Endpoints
from leadline_runtime.bodies import stored
from tests.support.scored_states import Held, desk_of, kinds_of_leads, others, put
from tests.support.scoring_files import version
from tests.unit.score.builders import LEAD
from tests.unit.score.golden import golden_snapshot

pytestmark = pytest.mark.stack
Run = Callable[..., str]
MANY = 1300  # three pages, so that processes share them


@pytest.fixture
def run(stack: Endpoints, prefix: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `leadline ...` on a schema of its own and gives what it printed; errors too, if a code is wanted."""
    monkeypatch.setenv("LEADLINE_DATABASE_URL", stack.database_url)
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    monkeypatch.setattr("leadline_score.score_commands.recorded.SCHEMA", prefix)

    def invoke(*arguments: object, code: int = 0) -> str:
        result = CliRunner().invoke(build(), [*map(str, arguments)])
        assert result.exit_code == code, result.output
        return result.stderr if code else result.stdout

    return invoke


@pytest.fixture
def leads(stack: Endpoints, prefix: str) -> list[Held]:
    """Golden lead G2, and many of all sorts."""
    held = [desk_of(golden_snapshot("G2", "g2-1")), *others(kinds_of_leads(60, random.Random(11)), MANY)]
    put(stack.database_url, prefix, held)
    return held


def test_a_lead_is_explained_as_it_was_judged_and_its_title_only_shown_when_asked_for(
    run: Run, leads: list[Held]
) -> None:
    shown = run("score", "explain", LEAD)
    assert "A1 hot, MQL by hand raise and score, SQL suggested; 100" in shown and "130.000" in shown
    assert "VP Operations" not in shown and "VP Operations" in run("score", "explain", LEAD, "--pii")
    told = json.loads(run("score", "explain", LEAD, "--json"))
    assert told["scorecard"]["intent"]["value"] == "60.000" and told["notes"] == []


def test_a_lead_on_another_day_and_by_other_rules(run: Run, leads: list[Held], tmp_path: Path) -> None:
    before = json.loads(run("score", "explain", LEAD, "--json", "--at", "2026-03-09T16:00:00Z"))
    assert (before["scorecard"]["intent"]["value"], before["scorecard"]["hand_raise"]) == ("40.000", False)
    assert before["notes"] == ["fit is told by what is known today; on that day it was 0, not 70"]
    later = json.loads(run("score", "explain", LEAD, "--json", "--at", "2026-06-01"))
    assert later["scorecard"]["intent"]["value"] < "20" and later["notes"][0].startswith("later than its last judg")

    other = version(tmp_path / "scoring.yaml", ("intent/cap", 50))
    found = json.loads(run("score", "explain", LEAD, "--json", "--rules", other))
    assert found["scorecard"]["intent"]["value"] == "50.000"
    assert found["notes"][0].startswith("score itself judged it last by other rules (")


def test_what_is_exported_is_judged_as_it_was(run: Run, leads: list[Held], tmp_path: Path) -> None:
    file = tmp_path / "leads.jsonl"
    file.write_text(run("score", "export", "--all", "--pii"))
    assert len(file.read_text().splitlines()) == MANY + 1
    (again,) = json.loads(run("score", "export", LEAD, "--pii").join("[]"))
    one = tmp_path / "one.json"
    one.write_text(json.dumps(again))
    (tried,) = json.loads(run("score", "test", one, "--json"))["leads"]
    assert tried["scorecard"] == json.loads(run("score", "explain", LEAD, "--pii", "--json"))["scorecard"]

    new = version(tmp_path / "scoring-new.yaml", ("bands/letter/B", {"enter": 33, "leave": 28}), ("intent/cap", 50))
    recorded = json.loads(run("rules", "diff", "current", new, "--recorded", "--json", "--list", MANY))
    offline = json.loads(run("rules", "diff", "current", new, "--over", file, "--json", "--list", MANY))
    assert recorded == offline and recorded["changed"] > 0 and recorded["leads"] == MANY + 1


def test_personal_facts_are_left_out_unless_asked_for(run: Run, leads: list[Held], tmp_path: Path) -> None:
    said = run("score", "export", LEAD)
    assert "VP Operations" not in said and json.loads(said)["left_out"] == ["budget", "company", "title"]
    (tmp_path / "one.json").write_text(said)
    assert "the file leaves out budget, company, title" in run("score", "test", tmp_path / "one.json")


def test_the_same_rules_change_nobody(run: Run, leads: list[Held], tmp_path: Path) -> None:
    same = version(tmp_path / "scoring-same.yaml", ("version", "same"), examples=True)
    told = json.loads(run("rules", "diff", "current", same, "--recorded", "--json"))
    assert (told["changed"], told["other_points"], told["left_out"]) == (0, 0, {})


def test_what_cannot_be_judged_is_counted_and_hides_nobody(
    run: Run, leads: list[Held], stack: Endpoints, prefix: str, tmp_path: Path
) -> None:
    part, broken, empty = (each.lead_id for each in leads[1:4])
    with psycopg.connect(stack.database_url) as connection:
        connection.execute(f"SET search_path TO {prefix}".encode())
        connection.execute("UPDATE state SET merged_into = %s WHERE lead_id = %s", (LEAD, part))
        connection.execute("UPDATE state SET body = %s WHERE lead_id = %s", (b"\x00", broken))
        connection.execute("UPDATE state SET body = %s WHERE lead_id = %s", (stored(b"\x00\x00\x00\x02{}"), empty))
    new = version(tmp_path / "scoring-new.yaml", ("intent/cap", 50))
    told = json.loads(run("rules", "diff", "current", new, "--recorded", "--json"))
    assert told["leads"] == MANY - 2
    assert told["left_out"] == {"not captured yet, or erased": 1, "not readable": 1, "part of another lead": 1}
    assert f"Lead {part} is part of {LEAD}; ask for that one." in run("score", "explain", part, code=4)
    assert "is not readable: there is no score of it" in run("score", "export", broken, code=4)


def test_what_is_not_there_says_so(run: Run, stack: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "the service has never run on it" in run("score", "explain", LEAD, code=4)
    put(stack.database_url, "nobody_here", [])
    monkeypatch.setattr("leadline_score.score_commands.recorded.SCHEMA", "nobody_here")
    assert f"Score has never heard of lead {UUID(int=7)}." in run("score", "explain", UUID(int=7), code=4)
    monkeypatch.setenv("LEADLINE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert "Does it run? `leadline status` shows the local one." in run("score", "export", "--all", code=3)
