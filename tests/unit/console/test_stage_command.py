"""`leadline stage`: ordered at the door; `leadline reactivation list`: who stands on the quarter's list."""

from datetime import datetime

import pytest
from typer.testing import CliRunner, Result

from leadline_console.app import build
from leadline_console.commands import leads
from leadline_console.records import Kept
from leadline_console.stages import on_list, words
from leadline_schemas.codec import decode, encode
from leadline_schemas.ids import key_bytes
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_STAGE
from tests.contract.examples import examples
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
ANN = "019cd736-d1a0-8b70-9f70-000000000001"
SHOWN: dict[str, LeadStage] = {
    each.file.stem: decode(LEAD_STAGE, each.value) for each in examples() if each.topic is LEAD_STAGE
}
NOW = datetime.fromisoformat("2026-07-06T00:00:00Z")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "EVERY_S", 0.001)


def run(door: FakeDoor, *arguments: str) -> Result:
    return CliRunner().invoke(build(), ["stage", ANN, *arguments, "--author", "ana", "--edge", door.url])


def test_a_stage_is_ordered_with_its_reason_and_what_was_found_out(door: FakeDoor) -> None:
    door.became = [{"outcome": "applied", "submission_id": "s1"}] * 2
    run(door, "--to", "nurture", "--reason", "not_ready", "--note", "budget in autumn")
    done = run(door, "--to", "SQL", "--confirmed", "budget", "--confirmed", "need")
    assert done.exit_code == 0, done.stderr
    (_, _, aside), (path, _, sent) = door.came
    assert aside["stage"] == {"to": "nurture", "reason": "not_ready"} and aside["reason"] == "budget in autumn"
    assert path == "/v1/commands"
    assert sent == {
        "kind": "stage.change", "lead_id": ANN, "author": "ana", "reason": "to SQL",
        "stage": {"to": "SQL", "confirmed": ["budget", "need"]},
    }  # fmt: skip


def test_without_a_note_the_order_says_no_more_than_its_reason(door: FakeDoor) -> None:
    door.became = [{"outcome": "applied", "submission_id": "s1"}]
    run(door, "--to", "disqualified", "--reason", "other")
    ((_, _, sent),) = door.came
    assert sent["reason"] == "other"


def test_a_stage_that_is_none_is_refused_before_anything_is_sent(door: FakeDoor) -> None:
    assert run(door, "--to", "hot").exit_code == 2
    assert not door.came


def kept(event: LeadStage) -> Kept:
    headers = (("ce_type", f"{LEAD_STAGE.event_type}.{event.kind}".encode()),)
    return Kept("lead.stage", 0, 0, NOW, key_bytes(event.lead_id), encode(LEAD_STAGE, event), headers)


def test_the_newest_list_without_those_who_were_brought_back() -> None:
    listed = SHOWN["reactivation"]
    later = listed.model_copy(update={"quarter": "2026-Q4", "grade": "A2"})
    other = listed.model_copy(update={"quarter": "2026-Q4", "lead_id": listed.stage_id})
    back = SHOWN["routed_to_mql"].model_copy(update={"lead_id": other.lead_id})
    records = [kept(each) for each in (SHOWN["stale_to_archived"], listed, later, other)]
    assert [(e.quarter, e.grade) for e in on_list(records, None)] == [("2026-Q4", "A2"), ("2026-Q4", listed.grade)]
    assert [e.quarter for e in on_list(records, "2026-Q3")] == ["2026-Q3"]
    assert [e.lead_id for e in on_list([*records, kept(back)], None)] == [listed.lead_id]
    assert on_list(records, "2027-Q1") == []


def test_a_quarter_is_written_as_one() -> None:
    done = CliRunner().invoke(build(), ["reactivation", "list", "--quarter", "summer"])
    assert done.exit_code == 2 and "2026-Q3" in done.stderr


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        ("routed_to_mql", "captured → MQL, routed"),
        ("command_to_nurture", "SAL → nurture (not_ready), command by ana"),
        ("not_applied_not_qualified", "not applied: SAL → SQL, command by ana: not_qualified, told ana"),
        ("reverted", "taken back: SAL → nurture, stale: known_otherwise, told ana, mia"),
        ("stale_notice", "silent since 2026-03-10: notice, told ana"),
        ("reactivation", "on the list of 2026-Q3, grade B1"),
    ],
)
def test_each_word_is_a_sentence(shown: str, said: str) -> None:
    assert words(SHOWN[shown]) == said
