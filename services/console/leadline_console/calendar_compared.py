"""Two versions of calendars compared, with the open deadlines that the newer would move, and why each moves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leadline_console.calendar_changes import Changes
from leadline_console.calendar_versions import Version
from leadline_runtime.calendar_moves import Move, Moves
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Compared:
    """The two versions and what differs; `shown`: of that the days that a person asked for."""

    old: Version
    new: Version
    changes: Changes
    shown: Changes
    moves: Moves | None
    most: int

    def why(self, move: Move) -> list[str]:
        """Why a deadline would move: the days and hours on its way that differ."""
        change = self.changes.calendars.get(move.calendar)
        until = max(move.due_before, move.due_at)
        found = change.why(self.new.calendars[move.calendar], move.start, until) if change else []
        return found or [f"was counted by {move.armed_under}"]

    @property
    def listed(self) -> Sequence[Move]:
        """The moves to be named, those that are due first first."""
        moved = self.moves.moved if self.moves else []
        return sorted(moved, key=lambda each: (each.due_before, each.lead, each.target))[: self.most]


def data(found: Compared) -> dict[str, Any]:
    """All of it as JSON values."""
    return {
        "old": named(found.old),
        "new": named(found.new),
        "calendars": found.shown.calendars,
        "added": found.shown.added,
        "removed": found.shown.removed,
        "deadlines": _deadlines(found, found.moves) if found.moves else None,
    }


def named(version: Version) -> dict[str, str]:
    """A version by what its author calls it, and by what it says."""
    return {"version": version.calendars.version, "digest": version.calendars.digest}


def by_calendar(moved: Sequence[Move]) -> Mapping[str, dict[str, Any]]:
    """How many move of each calendar, and the least and the most by which they do."""
    found: dict[str, dict[str, Any]] = {}
    for each in moved:
        of = found.setdefault(each.calendar, {"moved": 0, "earliest": each.by, "latest": each.by})
        of["moved"] += 1
        of["earliest"], of["latest"] = min(of["earliest"], each.by), max(of["latest"], each.by)
    return dict(sorted(found.items()))


def _deadlines(found: Compared, moves: Moves) -> dict[str, Any]:
    return {
        "at": _instant(moves.at),
        "leads": moves.leads,
        "open": dict(sorted(moves.open.items())),
        "moved": len(moves.moved),
        "broken_at_once": sum(each.broken for each in moves.moved),
        "stay": dict(sorted(moves.stay.items())),
        "waiting": dict(sorted(moves.waiting.items())),
        "unreadable": moves.unreadable,
        "calendars": {
            name: {"moved": of["moved"], "earliest_s": of["earliest"].total_seconds(),
                   "latest_s": of["latest"].total_seconds()}
            for name, of in by_calendar(moves.moved).items()
        },
        "list": [_row(found, each) for each in found.listed],
    }  # fmt: skip


def _row(found: Compared, move: Move) -> dict[str, Any]:
    return {
        "lead": str(move.lead), "clock": move.clock, "policy": move.policy, "target": move.target, "owner": move.owner,
        "calendar": move.calendar, "armed_under": move.armed_under, "start": _instant(move.start),
        "due_before": _instant(move.due_before), "due_at": _instant(move.due_at), "by_s": move.by.total_seconds(),
        "broken_at_once": move.broken, "why": found.why(move),
    }  # fmt: skip


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
