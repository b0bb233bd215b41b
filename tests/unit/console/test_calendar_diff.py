"""`leadline calendar diff`: which days differ, which open deadlines move, and the order to move them."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from leadline_console.calendar_diff_view import by_in_words
from leadline_console.commands import calendar_diff
from leadline_runtime.calendar_moves import UNREAD, Moves
from leadline_runtime.calendars import Calendars, build_calendars
from leadline_runtime.rules import read_yaml
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.calendar_moves import count
from tests.support.other_calendars import order, rules_by, shipped_text
from tests.support.sla_story import HOUR, LEAD, MINUTE, SECOND, Story, captured, request, routed
from tests.unit.console.conftest import Run
from tests.unit.console.test_sending import FakeDoor, door

__all__ = ["door"]
TUESDAY = datetime(2026, 4, 14, 21, 30, tzinfo=UTC)  # half an hour before New York closes
EVENING = TUESDAY + 90 * MINUTE
SHIPPED_HOURS = "weekly: {mon-fri: [09:00-18:00]}"


def written(folder: Path, name: str, *changes: tuple[str, str], version: str = "april") -> Path:
    """A version of the calendars that ship, with other words in some places; without its examples."""
    text, _, _ = re.sub(r"(?m)^version: .*", f"version: {version}", shipped_text()).partition("examples:\n")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file = folder / name
    file.write_text(f"{text}examples: []\n")
    return file


def holiday(folder: Path) -> Path:
    """New York is closed on Wednesday."""
    return written(folder, "april.yaml", (SHIPPED_HOURS, f"{SHIPPED_HOURS}\n    closed: [2026-04-15]"))


@pytest.fixture
def diff(leadline: Run) -> Run:
    """Runs `leadline calendar diff ...`."""
    return partial(leadline, "calendar", "diff")


def told(diff: Run, *arguments: object) -> dict[str, Any]:
    code, said = diff(*arguments, "--json")
    assert code == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


def test_a_day_that_differs_is_named_with_both_hours_and_its_holiday(diff: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "less.yaml", ("Memorial Day, ", ""))
    found = told(diff, file, "--days", 400)["calendars"]
    assert set(found) == {"us_east", "us_west"}, "both have the same list of holidays"
    day, *_ = found["us_east"]["days"]
    assert (day["before"], day["after"], day["why"]) == ([], ["09:00-18:00"], "Memorial Day")


def test_other_usual_hours_are_told_once_and_not_for_every_day(diff: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "early.yaml", (SHIPPED_HOURS, "weekly: {mon-thu: [09:00-18:00], fri: [08:00-12:00]}"))
    (change,) = told(diff, file)["calendars"].values()
    assert change["weekly"] == [{"weekday": "fri", "before": ["09:00-18:00"], "after": ["08:00-12:00"]}]
    assert change["days"] == []


def test_zones_and_calendars_that_came_or_went_are_told(diff: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "moved.yaml", ("zone: Europe/London", "zone: Europe/Paris"), ("  us_west:", "  pacific:"))
    code, said = diff("current", file)
    assert code == 0
    assert "emea:\n  zone Europe/London → Europe/Paris\n" in said
    assert "pacific: is new" in said and "us_west: is no longer there; deadlines counted by it stay" in said


def test_a_file_that_says_the_same_in_other_words_is_the_same(diff: Run, tmp_path: Path) -> None:
    file = written(tmp_path, "words.yaml", ("# Business calendars", "# Our calendars"), version="renamed")
    found = told(diff, "current", file)
    assert found["old"]["digest"] == found["new"]["digest"] and found["calendars"] == {}
    assert "Every calendar is open at the same times in both." in diff(file)[1]


def test_folders_are_compared_by_the_file_in_them(diff: Run, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    holiday(tmp_path).rename(tmp_path / "new" / "calendars.yaml")
    assert told(diff, "current", tmp_path / "new")["new"]["version"] == "april"
    code, said = diff("current", tmp_path / "none")
    assert code == 2 and "There is no file" in said


class OneLead:
    """The deadlines of one lead, held by the real monitor in memory, which reads what came in at the door."""

    def __init__(self, door: FakeDoor, in_force: Callable[[], Calendars]) -> None:
        self.story, self.door, self.in_force, self.read = asked(), door, in_force, 0

    def moves(self, calendars: Calendars, progress: object) -> Moves:
        found = Moves(self.story.now)
        count(found, LEAD, STEP.body.encode(self.story.state.body), calendars)
        return found

    def standing(self, orders: Mapping[UUID, UUID]) -> Mapping[UUID, str]:
        for _, _, command in self.door.came[self.read :]:
            assert command["kind"] == "calendar.apply" and command["lead_id"] == str(LEAD)
            self.story.rules = rules_by(self.in_force())
            act = order("x", self.in_force(), self.story.now).model_copy(update={"id": orders[LEAD]})
            assert act.calendars is not None and act.calendars.digest == command["calendars"]["digest"]
            self.story.reads(act)
        self.read = len(self.door.came)
        known = self.story.state.body.calendar_order
        return {LEAD: known.state if known is not None and known.id == orders[LEAD] else UNREAD}


def asked() -> Story:
    """A demo was asked for on Tuesday evening; the call is due on Wednesday at 09:30."""
    story, demo = Story(TUESDAY), request("r", "demo_request", TUESDAY)
    story.reads(captured(TUESDAY, demo))
    story.reads(routed(TUESDAY + 2 * SECOND, demo), TUESDAY + 2 * SECOND)
    story.until(EVENING)
    return story


@pytest.fixture
def lead(door: FakeDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OneLead:
    """One lead with open deadlines; calendars are published into tmp_path/rules."""
    (tmp_path / "rules").mkdir()
    monkeypatch.setenv("LEADLINE_RULES_DIR", str(tmp_path / "rules"))
    monkeypatch.setenv("LEADLINE_API_KEY", "key")
    monkeypatch.setenv("LEADLINE_EDGE_URL", door.url)

    def in_force() -> Calendars:
        own = tmp_path / "rules" / "calendars.yaml"
        text = own.read_text() if own.is_file() else shipped_text()
        return build_calendars(read_yaml("calendars.yaml", text), "calendars.yaml")

    found = OneLead(door, in_force)
    monkeypatch.setattr(calendar_diff, "_deadlines", lambda: found)
    door.tells = [(202, {"submission_id": str(UUID(int=n)), "status": "accepted"}) for n in range(1, 9)]
    return found


def publish(file: Path, tmp_path: Path) -> None:
    (tmp_path / "rules" / "calendars.yaml").write_text(file.read_text())


@pytest.fixture
def diff_at_home(leadline: Run, lead: OneLead, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The same where rules are published: the fixture `leadline` hides the developer's own."""
    monkeypatch.setenv("LEADLINE_RULES_DIR", str(tmp_path / "rules"))
    return partial(leadline, "calendar", "diff")


def test_each_deadline_that_moves_is_named_with_how_far_and_why(diff_at_home: Run, tmp_path: Path) -> None:
    found = told(diff_at_home, holiday(tmp_path), "--recorded")["deadlines"]
    assert (found["leads"], found["open"], found["moved"], found["broken_at_once"]) == (1, {"us_east": 2}, 2, 0)
    move, accepting = found["list"]
    assert accepting["target"] == "MQL", "to accept or reject it is due in a day"
    assert (move["lead"], move["target"], move["owner"]) == (str(LEAD), "first_call", "ana")
    assert (move["due_before"], move["due_at"], move["by_s"]) == (
        "2026-04-15T13:30:00Z", "2026-04-16T13:30:00Z", 86_400,
    )  # fmt: skip
    assert move["why"] == ["2026-04-15: closed instead of 09:00-18:00"]


def test_nothing_is_ordered_by_looking_nor_past_the_limit(diff_at_home: Run, lead: OneLead, tmp_path: Path) -> None:
    code, said = diff_at_home(holiday(tmp_path), "--recorded", "--max-moved", "0")
    assert code == 1 and "2 deadlines move: more than 0, which is 0 here." in said
    publish(holiday(tmp_path), tmp_path)
    code, _ = diff_at_home("current", "--apply", "--reason", "Patriots' Day", "--max-moved", "50%")
    assert code == 1 and lead.door.came == []


def test_what_is_not_published_is_not_ordered(diff_at_home: Run, lead: OneLead, tmp_path: Path) -> None:
    code, said = diff_at_home(holiday(tmp_path), "--apply", "--reason", "Patriots' Day")
    assert code == 1 and "Publish them first: put the file to" in said and lead.door.came == []
    assert diff_at_home("current", "--apply")[0] == 2, "without a reason"


def test_once_published_it_is_ordered_and_applied_and_a_second_time_there_is_nothing_to_order(
    diff_at_home: Run, lead: OneLead, tmp_path: Path
) -> None:
    publish(holiday(tmp_path), tmp_path)
    options = ("--apply", "--reason", "Patriots' Day", "--author", "mia")
    found = told(diff_at_home, "current", *options)
    assert found["applied"] == {"leads": 1, "ordered": 1, "refused": {}, "standing": {"applied": 1}}
    ((path, _, command),) = lead.door.came
    assert (path, command["author"], command["reason"]) == ("/v1/commands", "mia", "Patriots' Day")
    assert lead.story.of("first_call", "moved")[0].due_at == datetime(2026, 4, 16, 13, 30, tzinfo=UTC)
    again = told(diff_at_home, "current", *options)
    assert again["deadlines"]["moved"] == 0 and again["applied"]["leads"] == 0 and len(lead.door.came) == 1


def test_deadlines_that_would_be_broken_at_once_are_ordered_only_if_that_is_meant(
    diff_at_home: Run, lead: OneLead, tmp_path: Path
) -> None:
    publish(written(tmp_path, "late.yaml", (SHIPPED_HOURS, "weekly: {mon-fri: [09:00-24:00]}")), tmp_path)
    code, said = diff_at_home("current", "--apply", "--reason", "open until midnight")
    assert code == 1 and "1 would be broken at once" in said and lead.door.came == []
    code, said = diff_at_home("current", "--apply", "--reason", "open until midnight", "--even-broken")
    assert code == 0 and "1 of 1 leads ordered, 1 applied" in said
    assert lead.story.life("first_call")[-2:] == ["moved", "breached"]


def test_a_door_that_refuses_is_told_by_the_lead(diff_at_home: Run, lead: OneLead, tmp_path: Path) -> None:
    publish(holiday(tmp_path), tmp_path)
    lead.door.tells = [(403, {"code": "forbidden", "detail": "the key may not"})]
    code, said = diff_at_home("current", "--apply", "--reason", "Patriots' Day")
    assert code == 1 and "The door refused it (403): the key may not. 0 leads were ordered before" in said


def test_how_far_a_deadline_moves_is_said_in_words() -> None:
    assert [by_in_words(each) for each in (24 * HOUR, -90 * MINUTE, 0 * HOUR, 2 * SECOND)] == [
        "24 h later", "1 h 30 min earlier", "warnings only", "2 s later",
    ]  # fmt: skip
