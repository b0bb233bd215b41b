"""`leadline score override | overrides`: ordered at the door; what is in force, with the computed value beside it."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from leadline_console.app import build
from leadline_console.commands import leads
from leadline_console.commands.score import wanted
from leadline_console.errors import UserError
from leadline_console.overrides import draw_overrides, newest, shown
from leadline_console.records import Kept
from leadline_runtime.command_scored import draw_scorecard
from leadline_schemas.codec import decode, encode
from leadline_schemas.scored import LeadScored, Override
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.console.examples import AT, records
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
ANN = "019cd736-d1a0-8b70-9f70-000000000001"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leads, "EVERY_S", 0.001)


def run(door: FakeDoor, *options: str) -> Result:
    told = ["score", "override", ANN, "--reason", "met them", "--author", "mara", "--edge", door.url]
    return CliRunner().invoke(build(), [*told, *options])


def test_an_override_is_ordered_and_what_became_of_it_is_told(door: FakeDoor) -> None:
    door.became = [None, {"outcome": "applied", "submission_id": "s1"}]
    done = run(door, "--fit", "50", "--expires", "30d")
    assert (done.exit_code, done.stdout) == (0, "applied s1\n")
    ((path, _, sent),) = door.came
    until = datetime.fromisoformat(sent["override"].pop("expires_at"))
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    assert (path, sent) == (
        "/v1/commands",
        {
            "kind": "score.override", "lead_id": ANN, "author": "mara", "reason": "met them",
            "override": {"target": "fit", "value": 50},
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "text", "expires", "found"),
    [
        ("intent", "0", "12 h", {"value": 0, "expires_at": "2026-03-11T00:00:00+00:00"}),
        ("mql", "yes", "2026-04-30", {"value": True, "expires_at": "2026-04-30T00:00:00+00:00"}),
        ("mql", "no", "1d", {"value": False, "expires_at": "2026-03-11T12:00:00+00:00"}),
        ("veto", "spam=off", "1d", {"veto": "spam", "value": False, "expires_at": "2026-03-11T12:00:00+00:00"}),
        ("veto", "competitor=clear", None, {"veto": "competitor", "clear": True}),
        ("fit", "clear", None, {"clear": True}),
    ],
)  # fmt: skip
def test_what_is_written_and_what_is_ordered(target: str, text: str, expires: str | None, found: Any) -> None:
    assert wanted(target, text, expires, NOW) == {"target": target, **found}


@pytest.mark.parametrize(
    ("target", "text", "expires", "words"),
    [
        ("fit", "fifty", "30d", "whole number of points"),
        ("mql", "on", "30d", "yes, no or clear"),
        ("veto", "competitor", "30d", "competitor=off"),
        ("veto", "competitor=no", "30d", "on, off or clear"),
        ("fit", "50", None, "Give --expires"),
        ("fit", "50", "soon", "30d or 12h"),
        ("fit", "clear", "30d", "no --expires"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(target: str, text: str, expires: str | None, words: str) -> None:
    with pytest.raises(UserError, match=words):
        wanted(target, text, expires, NOW)


@pytest.mark.parametrize("options", [[], ["--fit", "50", "--mql", "yes"]])
def test_one_thing_is_set_at_a_time(door: FakeDoor, options: list[str]) -> None:
    done = run(door, *options, "--expires", "30d")
    assert done.exit_code == 2 and "exactly one of --fit, --intent, --veto, --mql" in done.stderr
    assert not door.came


def test_an_unknown_lead_is_told_from_one_that_is_kept_apart(door: FakeDoor) -> None:
    door.became = [{"outcome": "not_applied", "submission_id": "s1", "reason": "unknown_lead"}]
    done = run(door, "--mql", "no", "--expires", "30d")
    assert done.exit_code == 1 and "no such lead" in done.stderr


FIT = Override(
    target="fit", value="50.000", computed="20.000", author="mara", reason="met the owner",
    since=NOW, until=NOW + timedelta(days=30),
)  # fmt: skip
VETO = Override(
    target="veto", veto="competitr", value=False, computed=False, author="mara", reason="typing",
    since=NOW, until=NOW + timedelta(days=1), without_effect="the rules know no such veto, but competitor",
)  # fmt: skip


def scored(*overrides: Override) -> LeadScored:
    """A shipped example with these overrides on its scorecard."""
    (kept,) = [kept for kept in records() if kept.header("ce_id") == "g1_by_score"]
    event = decode(LEAD_SCORED, kept.value or b"")
    return event.model_copy(update={"scorecard": event.scorecard.model_copy(update={"overrides": overrides})})


def record(event: LeadScored, key: bytes = b"ann") -> Kept:
    return Kept(LEAD_SCORED.name, 0, 0, AT, key, encode(LEAD_SCORED, event), ())


def test_the_newest_scorecard_of_each_lead_says_what_is_in_force() -> None:
    told = [record(scored(FIT)), record(scored(FIT, VETO), b"bob"), record(scored(), b"eve"), record(scored())]
    assert [event.scorecard.overrides for event in newest(told)] == [(FIT, VETO)]


def test_those_that_end_first_stand_first_and_reasons_are_masked() -> None:
    found = shown([scored(FIT, VETO)], NOW + timedelta(days=2), pii=False)
    assert [(one.override.target, one.over, one.override.reason) for one in found] == [
        ("veto", True, "•••"), ("fit", False, "•••"),
    ]  # fmt: skip
    target = io.StringIO()
    draw_overrides(shown([scored(FIT, VETO)], NOW, pii=True), Console(file=target, width=250))
    lines = [" ".join(line.split()) for line in target.getvalue().splitlines()]
    lead = scored().lead_id
    assert lines[1:] == [
        f"{lead} veto competitr off off mara 2026-03-10 12:00Z 2026-03-11 12:00Z"
        " typing; without effect: the rules know no such veto, but competitor",
        f"{lead} fit 50.000 20.000 mara 2026-03-10 12:00Z 2026-04-09 12:00Z met the owner",
    ]


def test_a_scorecard_for_a_person_tells_what_is_set_and_what_was_computed() -> None:
    card = scored(FIT, VETO).scorecard
    fit = card.fit.model_copy(update={"value": "50.000", "known": "50.000"})
    target = io.StringIO()
    draw_scorecard(card.model_copy(update={"fit": fit}), Console(file=target, width=250))
    told = target.getvalue()
    assert "→ 20.000, set to 50.000" in told
    assert "set by mara: fit 50.000 instead of 20.000, " in told and " to 2026-04-09 12:00:00Z: met the owner" in told
    assert "set by mara: veto competitr off instead of off, " in told


def test_overrides_asks_for_a_lead_or_for_all() -> None:
    done = CliRunner().invoke(build(), ["score", "overrides"])
    assert done.exit_code == 2 and "Give a lead, or --all." in done.stderr
    done = CliRunner().invoke(build(), ["score", "overrides", str(UUID(ANN)), "--all"])
    assert done.exit_code == 2


def test_nothing_set_is_said_too() -> None:
    target = io.StringIO()
    draw_overrides([], Console(file=target))
    assert target.getvalue() == "Nothing is overridden.\n"
    assert json.loads("[]") == shown([scored()], NOW, pii=True)
