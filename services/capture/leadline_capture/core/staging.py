"""An order to bring a lead into a stage: what it must hold, and the act that it becomes.

Whether it is legal from where the lead is then is for the monitor to say: it keeps the lead's way through them.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from leadline_capture.core.assigning import word_fault
from leadline_capture.core.faults import Fault
from leadline_capture.core.ordered_act import OrderedAct, ordered_at
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.commands import CommandPayload

KIND: Final = "stage.change"


def staging_faults(payload: CommandPayload) -> tuple[Fault, ...]:
    """What is wrong with it besides its fields."""
    return tuple(_faults(payload))


def _faults(payload: CommandPayload) -> Iterator[Fault]:
    told, wanted = payload.stage, payload.kind == KIND
    if told is None and wanted:
        yield Fault(("stage",), "stage", "is required: the stage wanted, as {to: SAL}")
    if told is not None and not wanted:
        yield Fault(("stage",), "stage", f"is not a part of {payload.kind}")
    if told is not None and told.reason is not None and (found := word_fault(told.reason)) is not None:
        yield Fault(("stage", "reason"), "stage.reason", found.problem)


def read_staging(payload: CommandPayload, submission_id: UUID, received_at: datetime) -> OrderedAct:
    """The order in a command without faults."""
    told = payload.stage
    assert told is not None, "a command without faults"
    act = Activity(
        id=submission_id,
        origin=payload.lead_id,
        kind="stage.changed",
        occurred_at=ordered_at(payload, received_at),
        received_at=received_at,
        actor=Actor(kind="person", id=payload.author),
        source="manual",
        stage=told.to,
        reason=told.reason,
        note=payload.reason if payload.reason != told.reason else None,  # the word alone is no note
        confirmed=told.confirmed or None,
    )
    return OrderedAct(act, "stage_ordered")
