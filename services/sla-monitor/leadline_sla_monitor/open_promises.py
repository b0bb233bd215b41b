"""The open promises and the waiting leads of one lane, for gauges: how many, the next, who waits longest."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from uuid import UUID

from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise

CLOCKS = ("decision", "customer", "owner", "stage")


@dataclass
class Queue:
    """Leads by time, of which the earliest is asked for. Taken out lazily, so that both ends are cheap.

    A lead is the number of its id: its hash is not computed in Python.
    """

    live: dict[int, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, int]] = field(default_factory=list)

    def put(self, lead: int, at: datetime | None) -> None:
        """Put a lead at its time, or take it out; its earlier time no longer counts."""
        if at is None:
            self.live.pop(lead, None)
        elif self.live.get(lead) != at:
            self.live[lead] = at
            self._push(lead, at)

    def earliest(self) -> datetime | None:
        """The earliest time; None if there is none."""
        while self._heap:
            at, lead = self._heap[0]
            if self.live.get(lead) == at:
                return at
            heappop(self._heap)
        return None

    def between(self, after: datetime, until: datetime) -> int:
        """How many leads are due after one time and not after another. It looks at no more than are due by then."""
        found, look = set(), [0]
        while look:
            place = look.pop()
            if place < len(self._heap) and self._heap[place][0] <= until:
                at, lead = self._heap[place]
                if at > after and self.live.get(lead) == at:
                    found.add(lead)
                look += [2 * place + 1, 2 * place + 2]
        return len(found)

    def _push(self, lead: int, at: datetime) -> None:
        heappush(self._heap, (at, lead))
        if len(self._heap) > 2 * len(self.live) + 100:  # behind one that waits for long, many come and go
            self._heap = [(at, lead) for lead, at in self.live.items()]
            heapify(self._heap)


@dataclass
class Queues:
    """Leads by time, for each policy by itself: a page is worth some promises, and not others."""

    by_policy: dict[str, Queue] = field(default_factory=dict)

    def put(self, lead: int, times: Mapping[str, datetime]) -> None:
        """Put a lead at its time under each policy, and take it out of the others."""
        for policy in times.keys() - self.by_policy.keys():
            self.by_policy[policy] = Queue()
        for policy, queue in self.by_policy.items():
            queue.put(lead, times.get(policy))

    def earliest(self) -> datetime | None:
        """The earliest time under any policy; None if there is none."""
        found = (queue.earliest() for queue in self.by_policy.values())
        return min((at for at in found if at is not None), default=None)


@dataclass
class OpenPromises:
    """See leadline_runtime.step.Picture."""

    count: Counter[str] = field(default_factory=Counter)
    due: Queues = field(default_factory=Queues)
    waiting: Queue = field(default_factory=Queue)
    _clocks: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def put(self, lead_id: UUID, body: Known) -> None:
        """See Picture.put.

        The next due time is that of promises to customers, because people are alarmed by it: an owner's clock that
        lapses reassigns by itself and lets nobody down yet.
        """
        lead = lead_id.int
        promises = [promise for promise in body.promises if promise.status == "open"]
        self._counted(lead, promises)
        self.due.put(lead, _soonest(promises))
        self.waiting.put(lead, body.waiting_since)

    def drop(self, lead_id: UUID) -> None:
        """See Picture.drop."""
        lead = lead_id.int
        self._counted(lead, [])
        self.due.put(lead, {})
        self.waiting.put(lead, None)

    def _counted(self, lead: int, promises: list[Promise]) -> None:
        for clock in self._clocks.pop(lead, ()):
            self.count[clock] -= 1
        for promise in promises:
            self.count[promise.clock] += 1
        if promises:
            self._clocks[lead] = tuple(promise.clock for promise in promises)


def _soonest(promises: list[Promise]) -> dict[str, datetime]:
    """When the next promise to the customer is due, by policy."""
    found: dict[str, datetime] = {}
    for promise in promises:
        if promise.clock == "customer":
            policy = promise.policy or promise.clock
            found[policy] = min(promise.due_at, found.get(policy, promise.due_at))
    return found
