"""`leadline sla pause | resume`: ordered at the door; what the monitor made of it is told, promise by promise."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline_console import options, ordering
from leadline_console.app import build
from leadline_console.commands import leads, sla
from leadline_console.pauses import pause_words
from leadline_schemas.sla import LeadSla
from tests.support.sla_pauses import START, begun, pause, resume
from tests.support.sla_story import HOUR, MINUTE
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
ANN = "019cd736-d1a0-8b70-9f70-000000000001"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "EVERY_S", 0.001)
    monkeypatch.setattr(ordering, "EVERY_S", 0.001)
    monkeypatch.setattr(options, "await_kafka", lambda _: None)


def told(*orders: Any) -> list[LeadSla]:
    """What the monitor tells of a lead with these orders."""
    story = begun()
    for order in orders:
        story.reads(order, order.occurred_at)
    return story.told


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> list[list[LeadSla]]:
    """What `lead.sla` holds of the lead, at one look after the other; the last one stays."""
    looks: list[list[LeadSla]] = []
    for module in (sla, ordering):
        monkeypatch.setattr(module, "told_of", lambda *_: looks.pop(0) if len(looks) > 1 else looks[0])
    return looks


def run(door: FakeDoor, *given: str) -> Result:
    return CliRunner().invoke(build(), ["sla", *given, "--author", "ana", "--edge", door.url, "--wait", "5"])


def applied(door: FakeDoor, events: list[LeadSla]) -> None:
    ordered = next((str(e.ordered_by) for e in events if e.ordered_by), "s1")
    door.tells = [(202, {"submission_id": ordered, "status": "accepted"})]
    door.became = [{"outcome": "applied", "submission_id": ordered, "lead_id": ANN}]


def test_a_pause_is_ordered_and_the_due_times_it_moved_are_told(door: FakeDoor, topic: list[list[LeadSla]]) -> None:
    events = told(pause(START + MINUTE, START + 3 * HOUR))
    applied(door, events)
    topic += [[], events]
    done = run(door, "pause", ANN, "--until", "3h", "--reason", "call_me_after", "--note", "in a meeting")
    assert done.exit_code == 0, done.output
    assert "customer first_touch: stands still, due 2026-03-10T17:59:00+00:00, was 2026-03-10T15:00:00" in done.stdout
    assert "owner owner_response: stands still" in done.stdout
    ((path, _, sent),) = door.came
    until = datetime.fromisoformat(sent["pause"].pop("until"))
    assert timedelta(hours=2) < until - datetime.now(UTC) <= timedelta(hours=3)
    assert (path, sent) == (
        "/v1/commands",
        {
            "kind": "sla.pause", "lead_id": ANN, "author": "ana", "reason": "in a meeting",
            "pause": {"reason": "call_me_after", "automated": False},
        },
    )  # fmt: skip


def test_a_refusal_says_why_in_words_and_fails(door: FakeDoor, topic: list[list[LeadSla]]) -> None:
    events = told(pause(START + MINUTE, START + 3 * HOUR, reason="manager"))
    applied(door, events)
    topic.append(events)
    done = run(door, "pause", ANN, "--until", "3h", "--reason", "manager", "--json")
    assert done.exit_code == 1 and "Nothing stands still" in done.stderr
    (refused,) = [each for each in json.loads(done.stdout)["promises"] if each["clock"] == "customer"]
    assert (refused["kind"], refused["reason"], refused["due_before"]) == ("pause_refused", "not_the_manager", None)


def test_what_was_there_before_a_resume_is_not_taken_for_its_answer(
    door: FakeDoor, topic: list[list[LeadSla]]
) -> None:  # fmt: skip
    first = told(pause(START + MINUTE, START + 2 * MINUTE), pause(START + 5 * MINUTE, START + 3 * HOUR, name="second"))
    after = told(
        pause(START + MINUTE, START + 2 * MINUTE),
        pause(START + 5 * MINUTE, START + 3 * HOUR, name="second"),
        resume(START + 30 * MINUTE),
    )
    applied(door, [])
    topic += [first, first, after]
    done = run(door, "resume", ANN)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("customer") == 1 and "runs again, due 2026-03-10T15:26:00" in done.stdout


def test_a_lead_without_an_open_promise_is_said_to_have_none(door: FakeDoor, topic: list[list[LeadSla]]) -> None:
    applied(door, [])
    topic.append([])
    done = CliRunner().invoke(build(), ["sla", "resume", ANN, "--author", "ana", "--edge", door.url, "--wait", "0"])
    door.became = [{"outcome": "applied", "submission_id": "s1", "lead_id": ANN}]
    assert (done.exit_code == 1 and "nothing is open" in done.stderr) or "accepted" in done.stderr


def test_an_end_that_is_none_is_refused_before_anything_is_sent(door: FakeDoor) -> None:
    done = run(door, "pause", ANN, "--until", "soon", "--reason", "manager")
    assert done.exit_code != 0 and "--until is a length" in done.stderr and not door.came


def test_a_story_tells_pauses_in_words() -> None:
    events = told(pause(START + MINUTE, START + HOUR), resume(START + 30 * MINUTE))
    words = [pause_words(e) for e in events if e.clock == "customer" and e.kind in ("paused", "resumed")]
    assert words == [
        "stands still until 2026-03-10 15:00:00Z by ana (call_me_after): due 2026-03-10 15:59:00Z,"
        " was 2026-03-10 15:00:00Z",
        "runs again after 1740 s: due 2026-03-10 15:29:00Z, was 2026-03-10 15:59:00Z",
    ]
    (refused,) = [e for e in told(pause(START + MINUTE, START + HOUR, reason="busy")) if e.kind == "pause_refused"
                  and e.clock == "customer"]  # fmt: skip
    assert pause_words(refused) == "pause refused: sla.yaml has no such reason; its list stands under pauses"
