"""The board on a terminal, drawn again and again; without a terminal plain lines, each once."""

import sys
from datetime import datetime, timedelta

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from leadline_local.demo.board import Board, Row

STAGES = ("lead.received", "lead.captured", "lead.enriched", "lead.scored", "lead.routed", "lead.sla")
COLOURS = {"BREACH": "bold red", "WARNIN": "yellow", "LAPSED": "magenta"}


class Screen:
    """Shows the board. `show` is called a few times a second with the pipeline's time."""

    def __init__(self, board: Board, console: Console | None = None) -> None:
        self.board = board
        self.console = console or Console()
        self.live = Live(console=self.console, refresh_per_second=4) if self.console.is_terminal else None
        self._printed = 0
        self._before: tuple[datetime, dict[str, int]] | None = None

    def __enter__(self) -> "Screen":
        if self.live is not None:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()

    def show(self, now: datetime) -> None:
        """Draw, or print what is new."""
        if self.live is not None:
            self.live.update(Group(self._stages(now), self._leads(now), self._told()))
            return
        for line in self.board.told[self._printed :]:
            print(f"{now:%H:%M:%S}  {line}", flush=True)
            self._printed += 1
        sys.stdout.flush()

    def _stages(self, now: datetime) -> Text:
        before = self._before = self._before or (now - timedelta(seconds=1), {})
        seconds = max((now - before[0]).total_seconds(), 0.001)
        parts = []
        for topic in STAGES:
            count = self.board.counts[topic]
            rate = (count - before[1].get(topic, 0)) / seconds
            parts.append(f"{topic.removeprefix('lead.')} {count} ({rate:.1f}/s)")
        if seconds > 2:
            self._before = (now, dict(self.board.counts))
        return Text(f"Tuesday {now:%H:%M:%S} UTC   " + "  >  ".join(parts), style="bold")

    def _leads(self, now: datetime) -> Table:
        table = Table("lead", "source", "score", "outcome", "owner", "time left", box=None, pad_edge=False)
        for row in list(self.board.rows.values())[-12:]:
            table.add_row(row.name, row.source, row.score, row.outcome, row.owner, _left(row, now))
        return table

    def _told(self) -> Text:
        text = Text()
        for line in self.board.told[-9:]:
            text.append(line + "\n", style=COLOURS.get(line[:6], ""))
        return text


def _left(row: Row, now: datetime) -> Text:
    if row.due_at is None or row.state == "BREACHED":
        return Text(row.state, style="bold red" if row.state == "BREACHED" else "green")
    seconds = (row.due_at - now).total_seconds()
    return Text(f"{seconds:.0f} s", style="yellow" if seconds < 8 else "")
