"""Promises that were overdue when they were armed: their breach comes late, and not by the monitor's own delay."""

from datetime import datetime, timedelta
from typing import Any

from leadline_schemas.sla import LeadSla

Key = tuple[Any, ...]
# The verdict follows within the grace. Where a lane was lost before it, another process gives it: forgotten after that.
FORGOTTEN_AFTER = timedelta(minutes=10)


class ArmedLate:
    """Those that this process has armed itself; one that it did not is taken for armed in time."""

    def __init__(self) -> None:
        self._armed: dict[Key, datetime] = {}  # oldest first

    def note(self, event: LeadSla) -> None:
        """Take up what an event says of a promise."""
        if event.kind == "armed" and event.detected_at >= event.due_at:
            self._armed[_key(event)] = event.detected_at
            self._forget(event.detected_at - FORGOTTEN_AFTER)
        elif event.kind not in {"armed", "warned", "pause_refused", "escalated"}:
            self._armed.pop(_key(event), None)

    def holds(self, event: LeadSla) -> bool:
        """Was the event's promise armed late?"""
        return _key(event) in self._armed

    def _forget(self, before: datetime) -> None:
        for key in [key for key, at in self._armed.items() if at < before]:
            del self._armed[key]


def _key(event: LeadSla) -> Key:
    return event.lead_id, event.cycle, event.target, event.assignment
