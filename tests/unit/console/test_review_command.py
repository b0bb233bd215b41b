"""`leadline score review release | dismiss`: a person's word goes by the door, as an act of the lead."""

import pytest
from typer.testing import CliRunner, Result

from leadline_console.app import build
from leadline_console.commands import review
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
ANN, BOB = "019cd736-d1a0-8b70-9f70-000000000001", "019cd736-d1a0-8b70-9f70-000000000002"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "EVERY_S", 0.001)


def run(door: FakeDoor, *arguments: str) -> Result:
    given = ["score", "review", *arguments, "--reason", "they fit", "--author", "mara", "--edge", door.url]
    return CliRunner().invoke(build(), given)


@pytest.mark.parametrize(("word", "kind"), [("release", "lead.released"), ("dismiss", "lead.dismissed")])
def test_a_word_about_several_leads_is_an_act_of_each(door: FakeDoor, word: str, kind: str) -> None:
    door.became = [None, {"outcome": "attached", "submission_id": "s1"}, {"outcome": "attached", "submission_id": "s2"}]
    done = run(door, word, ANN, BOB)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.splitlines()[:2] == [f"attached {ANN}", f"attached {BOB}"]
    assert [path for path, _, _ in door.came] == ["/v1/activities"] * 2
    assert door.came[0][2] == {
        "kind": kind, "lead_id": ANN, "actor": {"kind": "person", "id": "mara"}, "reason": "they fit",
    }  # fmt: skip


def test_a_lead_that_nobody_knows_is_told_and_fails(door: FakeDoor) -> None:
    door.became = [{"outcome": "dropped", "submission_id": "s1", "reason": "unknown_lead"}]
    done = run(door, "release", ANN)
    assert done.exit_code == 1 and "there is no such lead" in done.stdout


def test_what_is_no_id_and_what_the_door_refuses_is_said_in_a_sentence(door: FakeDoor) -> None:
    assert run(door, "release", "ann").exit_code == 2
    door.statuses = [422]
    refused = run(door, "dismiss", ANN)
    assert refused.exit_code == 1 and "email: is no address" in refused.stderr
