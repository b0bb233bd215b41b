"""`leadline leads merge | unmerge`: ordered at the door, and told what became of it."""

from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline_console.app import build
from leadline_console.commands import leads
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
ANN, BOB = "019cd736-d1a0-8b70-9f70-000000000001", "019cd736-d1a0-8b70-9f70-000000000002"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "EVERY_S", 0.001)


def run(door: FakeDoor, *arguments: str) -> Result:
    return CliRunner().invoke(
        build(), ["leads", *arguments, "--reason", "one person", "--author", "mara", "--edge", door.url]
    )


def test_a_merge_is_ordered_and_what_became_of_it_is_told(door: FakeDoor) -> None:
    door.became = [None, {"outcome": "applied", "submission_id": "s1"}]
    done = run(door, "merge", ANN, BOB)
    assert (done.exit_code, done.stdout) == (0, "applied s1\n")
    ((path, headers, sent),) = door.came
    assert path == "/v1/commands" and headers["Authorization"] == "Bearer ll_key" and headers["Idempotency-Key"]
    assert sent == {
        "kind": "lead.merge", "lead_id": ANN, "duplicate_id": BOB, "author": "mara", "reason": "one person",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "words"),
    [("already_merged", "one lead already"), ("unknown_lead", "no such lead"), ("not_merged", "part of no other")],
)
def test_what_cannot_be_done_is_said_with_the_way_out(door: FakeDoor, reason: str, words: str) -> None:
    door.became = [{"outcome": "not_applied", "submission_id": "s1", "reason": reason}]
    done = run(door, "unmerge", BOB)
    assert done.exit_code == 1 and words in done.stderr


def test_a_refusal_of_the_door_names_the_fault(door: FakeDoor) -> None:
    door.statuses = [422]
    done = run(door, "merge", ANN, ANN)
    assert done.exit_code == 1 and "2 faults" in done.stderr and "email: is no address" in done.stderr


def test_nobody_waits_for_ever(door: FakeDoor) -> None:
    answers: list[Any] = [None] * 50
    door.became = answers
    done = run(door, "merge", ANN, BOB, "--wait", "0")
    assert done.exit_code == 0 and "not decided yet" in done.stderr


def test_an_id_that_is_none_is_refused_at_once(door: FakeDoor) -> None:
    assert run(door, "merge", ANN, "ann").exit_code == 2
    assert not door.came


@pytest.mark.parametrize("command", [("leads", "release"), ("quarantine", "release")])
def test_a_release_is_the_same_command_in_both_places(
    door: FakeDoor, monkeypatch: pytest.MonkeyPatch, command: tuple[str, str]
) -> None:
    monkeypatch.setenv("LEADLINE_EDGE_URL", door.url)
    door.became = [{"outcome": "applied", "submission_id": "s1"}]
    done = CliRunner().invoke(build(), [*command, ANN, "--reason", "she is real"])
    assert (done.exit_code, done.stdout) == (0, "applied s1\n")
    ((path, _, sent),) = door.came
    assert path == "/v1/commands" and (sent["kind"], sent["lead_id"]) == ("lead.release", ANN)
