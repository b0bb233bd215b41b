"""The promises that this process has seen made and not ended, for gauges: how many, the next, who waits longest."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from leadline_schemas.sla import LeadSla

Key = tuple[Any, ...]
CLOCKS = ("decision", "customer", "owner")
ENDED = frozenset({"met", "breached", "lapsed", "cancelled", "breach_retracted", "resolved_late"})
# Another process may have taken over a lane and given the verdict: what is overdue for long is no longer ours.
OVERDUE_FOR = timedelta(minutes=10)
# A lead that nobody answered for so long is a matter of stale leads, not of an alarm.
WAITED_FOR = timedelta(days=30)
NONE = 0.0


@dataclass
class Queue:
    """Keys by time, of which the earliest is asked for. Taken out lazily, so that both ends are cheap."""

    live: dict[Any, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, int, Any]] = field(default_factory=list)
    _count: int = 0

    def add(self, key: Any, at: datetime) -> None:
        """Put a key at its time; its earlier time no longer counts."""
        if self.live.get(key) != at:
            self.live[key] = at
            self._count += 1
            heappush(self._heap, (at, self._count, key))

    def drop(self, key: Any) -> None:
        """Take a key out, if it is there."""
        self.live.pop(key, None)

    def earliest(self, not_before: datetime) -> datetime | None:
        """The earliest time; keys before `not_before` are forgotten."""
        while self._heap:
            at, _, key = self._heap[0]
            if self.live.get(key) != at:
                heappop(self._heap)
            elif at < not_before:
                heappop(self._heap)
                del self.live[key]
            else:
                return at
        return None


@dataclass
class OpenPromises:
    """Kept up by events in the order in which they were decided."""

    _now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    _due: dict[str, Queue] = field(default_factory=lambda: {clock: Queue() for clock in CLOCKS})
    _waiting: Queue = field(default_factory=Queue)
    _armed_late: set[Key] = field(default_factory=set)

    def note(self, event: LeadSla) -> None:
        """Take up what an event says."""
        key, due = _key(event), self._due[event.clock]
        self._now = max(self._now, event.detected_at)
        if event.kind in {"armed", "warned"}:
            due.add(key, event.due_at)
            if event.kind == "armed":
                if event.detected_at >= event.due_at:
                    self._armed_late.add(key)
                if event.clock == "customer":
                    self._waiting.add(event.cycle, event.start)
        elif event.kind in ENDED:
            due.drop(key)
            self._armed_late.discard(key)
            if _ends_waiting(event):
                self._waiting.drop(event.cycle)

    def armed_in_time(self, event: LeadSla) -> bool:
        """Was the promise armed before it was due? One that this process did not see armed was."""
        return _key(event) not in self._armed_late

    def count(self, clock: str) -> int:
        """How many promises of a clock are open."""
        return len(self._due[clock].live)

    def next_due(self) -> float:
        """When the next of the customer's clocks is due, as a POSIX time; 0: none is open.

        People are alarmed by it: an owner's clock that lapses reassigns by itself and lets nobody down yet.
        """
        found = self._due["customer"].earliest(self._now - OVERDUE_FOR)
        return found.timestamp() if found else NONE

    def oldest_unanswered(self) -> float:
        """Since when the longest waiting lead waits, as a POSIX time; 0: none does."""
        found = self._waiting.earliest(self._now - WAITED_FOR)
        return found.timestamp() if found else NONE


def _key(event: LeadSla) -> Key:
    return event.lead_id, event.cycle, event.target, event.assignment


def _ends_waiting(event: LeadSla) -> bool:
    """Has the lead been answered by a person, or into the cadence it was promised, or does it wait no more?"""
    if event.clock != "customer":
        return False
    if event.kind in {"cancelled", "breach_retracted"} or event.system_s is not None:
        return True
    return event.response is not None and event.response.kind == "nurture.enrolled"
