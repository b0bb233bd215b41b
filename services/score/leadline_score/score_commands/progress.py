"""How far the pass of new rules over stored leads is: read from score's schema, told per lane and as a whole."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from rich.table import Table

from leadline_runtime.command_database import with_schema
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql
from leadline_score.migrations import ALL

LANES = """SELECT lane, from_version, from_digest, version, digest, told, total, started_at, told_at, done_at, now()
    FROM rescoring ORDER BY lane"""
AT = "%Y-%m-%d %H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's newest pass. `from_*`: the rules of the pass before, if there was one; `now`: when this was read."""

    lane: int
    from_version: str | None
    from_digest: str | None
    version: str
    digest: str
    told: int
    total: int
    started_at: datetime
    told_at: datetime | None
    done_at: datetime | None
    now: datetime

    @property
    def rate(self) -> float:
        """Leads a second since the pass began, as far as it got."""
        until = self.done_at or self.told_at
        took = (until - self.started_at).total_seconds() if until else 0.0
        return self.told / took if took > 0 else 0.0

    @property
    def ends_at(self) -> datetime | None:
        """When it will be through at this rate; None if it is, or if nobody can say."""
        if self.done_at is not None or self.rate == 0:
            return None
        return self.now + timedelta(seconds=(self.total - self.told) / self.rate)


def show(*, as_json: bool) -> None:
    """Read and print it. Raises CommandError."""
    lanes = with_schema("score", _lanes, ALL)
    if as_json:
        print(json.dumps([_told(lane) for lane in lanes], default=str, indent=2))
    elif not lanes:
        print("Score has not looked at its stored leads yet: it does so when it starts.", file=sys.stderr)
    else:
        _draw(lanes)


async def _lanes(sql: Sql) -> list[Lane]:
    return [Lane(*row) for row in await sql.fetch(LANES)]


def _told(lane: Lane) -> dict[str, Any]:
    return {**asdict(lane), "rate_per_s": round(lane.rate, 1), "ends_at": lane.ends_at}


def _draw(lanes: Sequence[Lane]) -> None:
    table = Table("lane", "rules", "judged again", "a second", "since", "done", box=None, padding=(0, 1))
    for lane in lanes:
        table.add_row(
            str(lane.lane), _rules(lane), f"{lane.told:,} of {lane.total:,}", f"{lane.rate:,.0f}" if lane.told else "",
            f"{lane.started_at:{AT}}", _done(lane),
        )  # fmt: skip
    console = terminal()
    console.print(table)
    left = sum(lane.total - lane.told for lane in lanes if lane.done_at is None)
    open_lanes = sum(lane.done_at is None for lane in lanes)
    console.print(
        f"{left:,} leads left in {open_lanes} of {len(lanes)} lanes"
        if open_lanes
        else "All stored leads are judged by the rules in force."
    )
    if len({lane.digest for lane in lanes}) > 1:
        console.print("Lanes are judged by different rules: an instance has not reloaded its file yet, or has another.")


def _rules(lane: Lane) -> str:
    before = f"{lane.from_version} ({lane.from_digest[:8]}) → " if lane.from_version and lane.from_digest else ""
    return f"{before}{lane.version} ({lane.digest[:8]})"


def _done(lane: Lane) -> str:
    if lane.done_at is not None:
        return f"{lane.done_at:{AT}}"
    return f"about {lane.ends_at:{AT}}" if lane.ends_at else "not begun"
