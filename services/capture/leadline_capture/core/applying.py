"""An order to count a lead's open deadlines by published calendars: what it must hold, and the act that it becomes.

Whether those calendars are in force, and what they move, is for the monitor to say: it keeps the promises.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from leadline_capture.core.faults import Fault
from leadline_capture.core.ordered_act import OrderedAct, ordered_at
from leadline_schemas.activity import Activity, Actor, CalendarsApplied
from leadline_schemas.commands import DIGEST, CommandPayload

KIND: Final = "calendar.apply"
_DIGEST: Final = re.compile(DIGEST, re.ASCII)


def applying_faults(payload: CommandPayload) -> tuple[Fault, ...]:
    """What is wrong with it besides its fields."""
    return tuple(_faults(payload))


def _faults(payload: CommandPayload) -> Iterator[Fault]:
    told, wanted = payload.calendars, payload.kind == KIND
    if told is None and wanted:
        yield Fault(("calendars",), "calendars", "is required: version and digest of the calendars")
    if told is not None and not wanted:
        yield Fault(("calendars",), "calendars", f"is not a part of {payload.kind}")
    if told is not None and not _DIGEST.fullmatch(told.digest):
        problem = "must be 16 hexadecimal digits, as `leadline calendar diff` shows them"
        yield Fault(("calendars", "digest"), "calendars.digest", problem)


def read_applying(payload: CommandPayload, submission_id: UUID, received_at: datetime) -> OrderedAct:
    """The order in a command without faults."""
    told = payload.calendars
    assert told is not None, "a command without faults"
    act = Activity(
        id=submission_id,
        origin=payload.lead_id,
        kind="calendar.applied",
        occurred_at=ordered_at(payload, received_at),
        received_at=received_at,
        actor=Actor(kind="person", id=payload.author),
        source="manual",
        calendars=CalendarsApplied(
            version=told.version, digest=told.digest, author=payload.author, reason=payload.reason
        ),
    )
    return OrderedAct(act, "calendars_applied")
