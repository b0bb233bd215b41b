"""`leadline stage`: ordered at the door; `leadline reactivation list`: who stands on the quarter's list."""

import json
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner, Result

from leadline_console import options, ordering
from leadline_console.app import build
from leadline_console.commands import leads
from leadline_console.records import Kept
from leadline_console.stages import WHY, on_list, words
from leadline_schemas.codec import decode, encode
from leadline_schemas.ids import key_bytes
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_STAGE
from leadline_schemas.vocabulary import WhyNotApplied
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
    monkeypatch.setattr(ordering, "EVERY_S", 0.001)
    monkeypatch.setattr(options, "await_kafka", lambda _: None)


@pytest.fixture(autouse=True)
def topic(monkeypatch: pytest.MonkeyPatch) -> list[list[LeadStage]]:
    """What `lead.stage` holds of the lead, at one look after the other; the last one stays."""
    looks: list[list[LeadStage]] = [[]]
    monkeypatch.setattr(ordering, "told_of", lambda *_: looks.pop(0) if len(looks) > 1 else looks[0])
    return looks


def run(door: FakeDoor, *arguments: str) -> Result:
    given = ["stage", ANN, *arguments, "--author", "ana", "--edge", door.url, "--wait", "0"]
    return CliRunner().invoke(build(), given)


def judged(door: FakeDoor, topic: list[list[LeadStage]], *words: str) -> list[LeadStage]:
    """The order is taken, and these words about it come at the second look."""
    mine = str(uuid4())
    door.tells = [(202, {"submission_id": mine, "status": "accepted"})]
    door.became = [{"outcome": "applied", "submission_id": mine, "lead_id": ANN}]
    events = [SHOWN[word].model_copy(update={"activity": UUID(mine)}) for word in words]
    topic += [[SHOWN["routed_to_mql"]], [SHOWN["routed_to_mql"], *events]]
    return events


def waiting(door: FakeDoor, *arguments: str) -> Result:
    return CliRunner().invoke(build(), ["stage", ANN, *arguments, "--author", "ana", "--edge", door.url])


def test_it_waits_until_the_order_is_judged_and_tells_where_the_lead_is(
    door: FakeDoor, topic: list[list[LeadStage]]
) -> None:
    judged(door, topic, "command_to_nurture")
    done = waiting(door, "--to", "nurture", "--reason", "not_ready")
    assert done.exit_code == 0, done.output
    assert "applied: SAL → nurture (not_ready), command by ana" in done.stdout and "now nurture since" in done.stdout


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["not_applied_not_qualified"], "too little of budget, authority, need and timeline is recorded: --confirmed"),
        (["command_to_nurture", "reverted"], "something else turned out to have happened before"),
    ],
)
def test_what_was_not_applied_says_why_and_fails(
    door: FakeDoor, topic: list[list[LeadStage]], words: list[str], why: str
) -> None:
    newest = judged(door, topic, *words)[-1]
    done = waiting(door, "--to", "SQL", "--json")
    assert done.exit_code == 1 and f"It was not applied: {why}." in done.stderr
    told = json.loads(done.stdout)
    assert (told["outcome"], told["why"], told["stage"]) == ("not_applied", newest.why, newest.stage)


def test_of_every_reason_there_are_words() -> None:
    assert set(WHY) == set(get_args(WhyNotApplied))


def test_what_nobody_judged_in_time_is_ordered_and_no_more_is_said(door: FakeDoor) -> None:
    door.tells = [(202, {"submission_id": (mine := str(uuid4())), "status": "accepted"})] * 2
    door.became = [{"outcome": "applied", "submission_id": mine, "lead_id": ANN}] * 2
    done = run(door, "--to", "SAL")
    assert done.exit_code == 0 and f"ordered {mine}" in done.stdout and "applied" not in done.stdout
    assert json.loads(run(door, "--to", "SAL", "--json").stdout)["outcome"] == "ordered"


def test_a_stage_is_ordered_with_its_reason_and_what_was_found_out(door: FakeDoor) -> None:
    door.became = [{"outcome": "applied", "submission_id": ANN}] * 2
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
    door.became = [{"outcome": "applied", "submission_id": ANN}]
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


def test_who_is_merged_or_erased_stands_on_no_list_any_more() -> None:
    listed, gone = SHOWN["reactivation"], SHOWN["delisted"]
    assert (gone.lead_id, gone.stage) == (listed.lead_id, "archived")
    assert on_list([kept(listed), kept(gone)], None) == []
    assert words(gone) == "on no list any more: merged"


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
