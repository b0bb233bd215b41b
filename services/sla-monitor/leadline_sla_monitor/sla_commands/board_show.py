"""The board on a terminal: once, or again and again until Ctrl-C."""

import json
import time
from collections.abc import Callable
from functools import partial

from rich.console import RenderableType
from rich.live import Live

from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import UNREACHABLE, CommandError
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import replace
from leadline_runtime.sql import NotReadable
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.sla_commands.board import Asked, Board, board
from leadline_sla_monitor.sla_commands.board_view import data, drawn, rows_that_fit

PATIENCE_S = 30.0  # that the database may be away for before a live board gives up


def look(asked: Asked) -> Board:
    """One look. Raises CommandError."""
    try:
        return with_schema(STEP.schema, lambda sql: board(sql, asked))
    except NotReadable as error:
        raise CommandError(f"The monitor's tables cannot be read ({error}).", UNREACHABLE) from None


def show(asked: Asked, every_s: float | None, *, as_json: bool) -> None:
    """Print it. `every_s`: again after so many seconds; None: once. Raises CommandError."""
    if as_json:
        print(json.dumps(data(look(asked)), indent=2, ensure_ascii=False))
        return
    console = terminal()
    if every_s is None or not console.is_terminal:
        console.print(drawn(look(asked)))
        return
    fit = rows_that_fit(console.height)
    shown = replace(asked, limit=min(asked.limit, fit))
    with Live(drawn(look(shown), fit), console=console, screen=True, auto_refresh=False) as live:
        again(live, lambda: drawn(look(shown), fit), partial(time.sleep, every_s), time.monotonic)


def again(
    live: Live, looked: Callable[[], RenderableType], wait: Callable[[], None], clock: Callable[[], float]
) -> None:  # fmt: skip
    """Look after each wait, for ever. A database that is away for a while leaves the last board; then CommandError."""
    last = clock()
    while True:
        wait()
        try:
            live.update(looked(), refresh=True)
            last = clock()
        except CommandError:
            if clock() - last > PATIENCE_S:
                raise
