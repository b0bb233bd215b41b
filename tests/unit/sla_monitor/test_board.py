"""The board as people see it: overdue first, then what is due, then whose it is; and how it goes on looking."""

import io
import json
from dataclasses import replace
from datetime import datetime

import pytest
from rich.console import Console, RenderableType
from rich.live import Live

from leadline_runtime.command_errors import UNREACHABLE, CommandError
from leadline_sla_monitor.sla_commands import board_show
from leadline_sla_monitor.sla_commands.board import NOBODY, Asked, Board, Line, OfOwner
from leadline_sla_monitor.sla_commands.board_show import again
from leadline_sla_monitor.sla_commands.board_view import data, drawn
from tests.support.golden import instant
from tests.support.sla_story import HOUR, LEAD, MINUTE, SECOND

NOW = instant("2026-03-10T15:00:00Z")


def line(due_at: datetime, owner: str | None = "ana", warned: int = 0) -> Line:
    return Line(LEAD, "demo_or_pricing", "first_call", owner, NOW - HOUR, due_at, warned)


def seen(found: Board) -> str:
    screen = Console(file=io.StringIO(), width=160)
    screen.print(drawn(found))
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def a_board(read_up_to: datetime | None = None) -> Board:
    owners = {"ana": OfOwner(soon=3, overdue=41, since=NOW - 2 * HOUR), NOBODY: OfOwner(soon=1)}
    due = [line(NOW - SECOND), line(NOW + 50 * SECOND, warned=80), line(NOW + HOUR, None)]
    return Board(NOW, due, [line(NOW - 2 * HOUR)], 41, owners, read_up_to)


def test_overdue_leads_come_first_then_what_is_due_then_whose_it_is() -> None:
    text = seen(a_board())
    assert "41 leads are overdue, the first 1" in text
    assert text.index("overdue, the first") < text.index("2 h over") < text.index("Due next") < text.index("1 s over")
    assert text.index("in 50 s") < text.index("80 %") < text.index("in 1 h") < text.index("due within the hour")
    assert "nobody" in text and str(LEAD) in text


def test_where_more_is_open_than_was_read_the_column_says_how_far() -> None:
    assert "due by 2026-03-10 15:10:00Z" in seen(a_board(read_up_to=NOW + 10 * MINUTE))
    assert "due within the hour" in seen(a_board(read_up_to=NOW + 2 * HOUR))


def test_a_promise_that_stands_still_says_until_when() -> None:
    still = replace(line(NOW + 3 * HOUR, warned=50), stands_still_until=NOW + 2 * HOUR)
    found = Board(NOW, [still], [], 0)
    assert "stands still until 2026-03-10 17:00:00Z" in seen(found)
    assert data(found)["due_next"][0]["stands_still_until"] == "2026-03-10T17:00:00+00:00"


def test_an_empty_board_says_so() -> None:
    text = seen(Board(NOW, [], [], 0))
    assert "Nobody is overdue." in text and "Nothing is due." in text
    far = seen(Board(NOW, [], [], 0, read_up_to=NOW + HOUR))
    assert "Nothing is due by 2026-03-10 16:00:00Z; later ones were not read." in far


def test_programs_get_seconds_left_below_0_where_it_is_over() -> None:
    told = json.loads(json.dumps(data(a_board(read_up_to=NOW + HOUR))))
    assert [each["left_s"] for each in told["due_next"]] == [-1, 50, 3600]
    assert told["overdue"][0]["left_s"] == -7200 and told["overdue_leads"] == 41
    assert told["by_owner"]["ana"]["overdue_since"] == "2026-03-10T13:00:00+00:00"
    assert told["read_up_to"] == "2026-03-10T16:00:00+00:00"


@pytest.mark.parametrize("height", [24, 50, 120])
def test_a_live_board_fits_on_its_screen(height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=io.StringIO(), width=160, height=height, force_terminal=True)
    asked: list[Asked] = []

    def look(what: Asked) -> Board:
        asked.append(what)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return look_once(what.limit)

    monkeypatch.setattr(board_show, "terminal", lambda: screen)
    monkeypatch.setattr(board_show, "look", look)
    with pytest.raises(KeyboardInterrupt):
        board_show.show(Asked(limit=1000), 0.001, as_json=False)
    fit = asked[0].limit
    assert fit >= 3 and [each.limit for each in asked] == [fit] * 3
    rendered = screen.render_lines(drawn(look_once(fit), fit))
    assert len(rendered) <= height


def look_once(rows: int) -> Board:
    lines = [line(NOW + n * SECOND) for n in range(rows)]
    return Board(NOW, lines, lines, 1000, {f"member {n}": OfOwner(overdue=1) for n in range(99)})


def test_a_database_that_is_away_for_a_while_leaves_the_last_board() -> None:
    """A look every 10 s: there, away twice, there again, then away for good."""
    answers, now, shown = iter([True, False, False, True, *[False] * 10]), [0.0], [0]

    def wait() -> None:
        now[0] += 10

    def look() -> RenderableType:
        if not next(answers):
            raise CommandError("PostgreSQL is away", UNREACHABLE)
        shown[0] += 1
        return drawn(a_board())

    screen = Console(file=io.StringIO(), width=160, force_terminal=True)
    with pytest.raises(CommandError, match="away"), Live(console=screen, auto_refresh=False) as live:
        again(live, look, wait, lambda: now[0])
    assert shown[0] == 2 and now[0] == 40 + 40, "40 s after the last look that was answered"
