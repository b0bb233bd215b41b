"""How far a pass is, as a person is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from leadline_score.score_commands import progress, reviews
from leadline_score.score_commands.progress import Lane
from leadline_score.score_commands.reviews import Waiting
from tests.unit.score.builders import at

BEGAN = at("03-10T16:00:00")
MINUTE = timedelta(minutes=1)
LANE = Lane(3, "1", "a" * 16, "2", "b" * 16, 600, 1800, BEGAN, BEGAN + MINUTE, None, BEGAN + MINUTE)


def test_a_pass_under_way_tells_its_rate_and_when_it_ends() -> None:
    assert LANE.rate == 10
    assert LANE.ends_at == BEGAN + 3 * MINUTE


def test_one_that_has_told_nobody_promises_nothing_and_one_that_is_done_has_its_rate() -> None:
    asleep = replace(LANE, told=0, told_at=None)
    assert (asleep.rate, asleep.ends_at) == (0, None)
    done = replace(LANE, told=1800, done_at=BEGAN + 2 * MINUTE)
    assert (done.rate, done.ends_at) == (15, None)


def test_lanes_are_shown_with_what_is_left_and_with_different_rules_named(capsys: pytest.CaptureFixture[str]) -> None:
    progress._draw([LANE, replace(LANE, lane=4, digest="c" * 16, told=1800, done_at=BEGAN + MINUTE)])
    told = capsys.readouterr().out
    assert "1 (aaaaaaaa) → 2 (bbbbbbbb)" in told
    assert "600 of 1,800" in told and "about 2026-03-10 16:03:00Z" in told
    assert "1,200 leads left in 1 of 2 lanes" in told
    assert "different rules" in told


def test_the_list_says_what_a_lead_was_and_is_and_who_dismissed_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = Waiting(UUID(int=7), "dismissed", BEGAN, "2", "b" * 16, "B3", "IQL", "B3", "MQL", "mara", BEGAN)
    found: list[Any] = [[lead], 5]
    monkeypatch.setattr(reviews, "with_schema", lambda *given: found)
    reviews.show_list(1, dismissed=True, as_json=False)
    told = capsys.readouterr()
    assert "B3 IQL" in told.out and "B3 MQL" in told.out and "dismissed by mara" in told.out
    assert "5 more wait" in told.err
    monkeypatch.setattr(reviews, "with_schema", lambda *given: [lead])
    reviews.show_one(lead.lead_id, as_json=False)
    assert "by rules 2 (bbbbbbbb) alone" in capsys.readouterr().out
