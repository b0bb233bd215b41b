"""An order that a lead's clocks stand still, or run again: what it must hold, and the act that it becomes.

Whether its reason is one of the rules' and who may give it is for the monitor to say: it keeps the promises.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from uuid import UUID

from leadline_capture.core.assigning import word_fault
from leadline_capture.core.faults import Fault
from leadline_capture.core.ordered_act import OrderedAct, ordered_at
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.commands import CommandPayload

PAUSE, RESUME = "sla.pause", "sla.resume"


def clock_faults(payload: CommandPayload, received_at: datetime) -> tuple[Fault, ...]:
    """What is wrong with it besides its fields, as of when it is received."""
    return tuple(_faults(payload, received_at))


def _faults(payload: CommandPayload, received_at: datetime) -> Iterator[Fault]:
    told = payload.pause
    if told is None:
        if payload.kind == PAUSE:
            yield Fault(("pause",), "pause", "is required: for which reason, and until when")
        return
    if payload.kind != PAUSE:
        yield Fault(("pause",), "pause", f"is not a part of {payload.kind}")
        return
    if (found := word_fault(told.reason)) is not None:
        yield Fault(("pause", "reason"), "pause.reason", found.problem.replace("wrong_territory", "call_me_after"))
    if told.until <= received_at:
        yield Fault(("pause", "until"), "pause.until", "is over already")


def read_clock_order(payload: CommandPayload, submission_id: UUID, received_at: datetime) -> OrderedAct:
    """The order in a command without faults."""
    told = payload.pause
    kind: Literal["sla.paused", "sla.resumed"] = "sla.resumed" if told is None else "sla.paused"
    act = Activity(
        id=submission_id,
        origin=payload.lead_id,
        kind=kind,
        occurred_at=ordered_at(payload, received_at),
        received_at=received_at,
        actor=Actor(kind="automation" if told is not None and told.automated else "person", id=payload.author),
        automated=told is not None and told.automated,
        source="manual",
        reason=told.reason if told is not None else None,
        until=told.until if told is not None else None,
        explanation=payload.reason,
    )
    return OrderedAct(act, "clocks_paused" if told is not None else "clocks_resumed")
