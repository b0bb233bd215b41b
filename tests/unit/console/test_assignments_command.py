"""`leadline assignments`: ordered at the door, and told what became of it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline_console.app import build
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
LEAD = "019cd736-d1a0-8b70-9f70-000000000001"
APPLIED = {"id": "c1", "status": "applied", "owner": "ana", "assignment": 2, "outcome": "person"}


def run(door: FakeDoor, *arguments: str) -> Result:
    return CliRunner().invoke(build(), ["assignments", *arguments, "--edge", door.url])


@pytest.mark.parametrize(
    ("arguments", "verb", "body"),
    [
        (["claim", LEAD, "--as", "ana"], "claim", {"author": "ana"}),
        (["accept", LEAD, "--as", "ana", "--assignment", "2"], "accept", {"author": "ana", "assignment": 2}),
        (["decline", LEAD, "--as", "ana", "--reason", "language"], "decline", {"author": "ana", "reason": "language"}),
        (
            ["reassign", LEAD, "--as", "mia", "--to", "ana", "--reason", "workload"],
            "reassign",
            {"author": "mia", "to": "ana", "reason": "workload"},
        ),
        (["release", LEAD, "--as", "ana", "--reason", "vacation"], "release", {"author": "ana", "reason": "vacation"}),
    ],
)
def test_each_is_ordered_and_its_outcome_told(
    door: FakeDoor, arguments: list[str], verb: str, body: dict[str, Any]
) -> None:
    door.tells = [(200, APPLIED)]
    done = run(door, *arguments)
    assert (done.exit_code, done.stdout) == (0, "applied ana has it, assignment 2\n")
    ((path, headers, sent),) = door.came
    assert (path, sent, headers["Prefer"]) == (f"/v1/assignments/{LEAD}/{verb}", body, "wait=5")
    assert headers["Idempotency-Key"]


def test_for_programs_it_is_json(door: FakeDoor) -> None:
    door.tells = [(200, APPLIED)]
    assert json.loads(run(door, "claim", LEAD, "--as", "ana", "--json").stdout) == APPLIED


def test_a_refusal_says_who_has_it_and_ends_with_1(door: FakeDoor) -> None:
    door.tells = [(409, {"code": "not_applied", "detail": "only a lead that nobody has can be claimed; ben has it"})]
    done = run(door, "claim", LEAD, "--as", "ana")
    assert (done.exit_code, done.stdout) == (1, "") and "ben has it" in done.stderr


def test_what_is_not_decided_in_time_is_accepted_all_the_same(door: FakeDoor) -> None:
    done = run(door, "claim", LEAD, "--as", "ana", "--wait", "1")
    assert (done.exit_code, done.stdout) == (0, "accepted s1\n")
    assert "not decided yet" in done.stderr and door.came[0][1]["Prefer"] == "wait=1"
