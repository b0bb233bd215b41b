"""`leadline team absent | present | set`: ordered at the door, and told what became of it."""

from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline_console.app import build
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
CHANGE = "0e5c6d1f-7d55-4a8e-9c3f-2f0a5f0f3c11"
APPLIED = {"id": CHANGE, "status": "applied", "roster": 4}


def run(door: FakeDoor, *arguments: str) -> Result:
    return CliRunner().invoke(build(), ["team", *arguments, "--edge", door.url])


@pytest.mark.parametrize(
    ("arguments", "path", "body"),
    [
        (
            ["absent", "ana", "--as", "mia", "--from", "2026-04-06", "--back", "2026-04-13", "--reason", "leave"],
            "ana/absences",
            {"author": "mia", "from": "2026-04-06", "back": "2026-04-13", "reason": "leave"},
        ),
        (["present", "ana", CHANGE, "--as", "mia"], f"ana/absences/{CHANGE}?author=mia", None),
        (["present", "ana", CHANGE, "--as", "Mia & co"], f"ana/absences/{CHANGE}?author=Mia+%26+co", None),
        (["set", "ana", "--as", "mia", "--inactive"], "ana", {"author": "mia", "active": False}),
        (
            ["set", "ana", "--as", "mia", "--hours", "mon-fri=09:00-12:00,13:00-15:00", "--cap", "day=5", "--weight",
             "us_east=2", "--clear", "active"],
            "ana",
            {"author": "mia", "hours": {"mon-fri": ["09:00-12:00", "13:00-15:00"]}, "caps": {"day": 5},
             "weights": {"us_east": 2}, "clear": ["active"]},
        ),
    ],
)  # fmt: skip
def test_each_is_ordered_and_its_outcome_told(
    door: FakeDoor, arguments: list[str], path: str, body: dict[str, Any] | None
) -> None:
    door.tells = [(200, APPLIED)]
    done = run(door, *arguments)
    assert (done.exit_code, done.stdout) == (0, f"applied {CHANGE}, roster 4\n"), done.stderr
    ((came, _, sent),) = door.came
    assert (came, sent) == (f"/v1/members/{path}", body)


@pytest.mark.parametrize("wrong", [[], ["--cap", "day"], ["--cap", "day=many"], ["--hours", "mon-fri"]])
def test_what_is_no_change_is_said_before_anything_is_sent(door: FakeDoor, wrong: list[str]) -> None:
    assert run(door, "set", "ana", "--as", "mia", *wrong).exit_code == 2
    assert not door.came


def test_a_refusal_names_the_fault(door: FakeDoor) -> None:
    door.tells = [(409, {"code": "not_applied", "detail": "members.ana.hours: ends before it begins"})]
    done = run(door, "set", "ana", "--as", "mia", "--hours", "mon-fri=18:00-09:00")
    assert done.exit_code == 1 and "ends before it begins" in done.stderr
