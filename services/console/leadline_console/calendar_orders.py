"""Orders to count open deadlines by published calendars: one command a lead by the door, and what became of them."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from uuid import UUID

from leadline_console import output
from leadline_console.ordering import api_key, refused
from leadline_console.sending import door
from leadline_runtime.calendar_moves import UNREAD, Deadlines
from leadline_runtime.core.values import dataclass

EVERY_S = 0.5
TOLD_EVERY = 1000
NOT_ALLOWED = frozenset({401, 403})
PENDING = frozenset({UNREAD, "waiting"})


@dataclass(frozen=True, slots=True)
class CalendarOrder:
    """By which calendars, by whom and why."""

    version: str
    digest: str
    author: str
    reason: str

    def command(self, lead: UUID) -> dict[str, object]:
        """The command for one lead."""
        told = {"version": self.version, "digest": self.digest}
        return {"kind": "calendar.apply", "lead_id": str(lead), "author": self.author, "reason": self.reason,
                "calendars": told}  # fmt: skip


@dataclass(slots=True)
class Applied:
    """Of so many leads how many were ordered; how many orders the door refused, by why; and how the others stand."""

    leads: int
    ordered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    standing: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> bool:
        """Is every lead counted by the new calendars?"""
        return self.standing["applied"] == self.leads


def apply(edge: str, leads: Sequence[UUID], order: CalendarOrder, deadlines: Deadlines, wait: float) -> Applied:
    """Order it for each of these leads, in this order, and wait for what becomes of it. Raises UserError, CommandError.

    Stopped on the way, the rest is ordered by running it again: who is moved no longer differs.
    """
    found = Applied(len(leads))
    given = _given(edge, leads, order, found)
    end = time.monotonic() + wait
    while given:
        told = deadlines.standing(given)
        found.standing.update(state for state in told.values() if state not in PENDING)
        given = {lead: given[lead] for lead, state in told.items() if state in PENDING}
        if time.monotonic() >= end:
            found.standing.update(told[lead] for lead in given)
            break
        time.sleep(EVERY_S if given else 0)
    return found


def _given(edge: str, leads: Sequence[UUID], order: CalendarOrder, found: Applied) -> dict[UUID, UUID]:
    given: dict[UUID, UUID] = {}
    with door(edge, api_key()) as opened:
        for number, lead in enumerate(leads):
            answer = opened.post("/v1/commands", number, order.command(lead))
            if answer.accepted and answer.submission_id is not None:
                given[lead] = UUID(answer.submission_id)
                found.ordered += 1
            elif answer.status in NOT_ALLOWED:
                more = f" {found.ordered:,} leads were ordered before; the key needs the scope leads:command."
                raise refused(answer, more)
            else:
                found.refused[str(answer.code or answer.status)] += 1
            if (number + 1) % TOLD_EVERY == 0:
                output.progress(f"{number + 1:,} of {len(leads):,} leads ordered")
    return given
