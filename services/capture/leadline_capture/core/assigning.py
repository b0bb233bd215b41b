"""A person's command about who has a lead: what it must hold, and the act that it becomes. Route decides it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from leadline_capture.core.acts import NOBODY, Observed
from leadline_capture.core.bodies import raw_body
from leadline_capture.core.faults import Fault
from leadline_capture.core.identity import Keys
from leadline_runtime.outcomes import Never
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.codec import Undecodable, decode_model
from leadline_schemas.commands import (
    ASSIGNMENT_KINDS,
    REASON_WORD,
    AssignmentOrder,
    AssignmentPayload,
    AssignmentVerb,
)
from leadline_schemas.received import LeadReceived

_WORD: Final = re.compile(REASON_WORD, re.ASCII)
REASONED: Final[frozenset[AssignmentVerb]] = frozenset({"decline", "reassign", "release"})


def assignment_faults(verb: AssignmentVerb, payload: AssignmentPayload) -> tuple[Fault, ...]:
    """Everything that is wrong with a command besides its fields."""
    return tuple(_faults(verb, payload))


def _faults(verb: AssignmentVerb, payload: AssignmentPayload) -> Iterator[Fault]:
    if verb == "reassign" and payload.to is None:
        yield Fault(("to",), "to", "is required: who is to have the lead")
    if verb != "reassign" and payload.to is not None:
        yield Fault(("to",), "to", f"is not a part of {verb}: it is for the author")
    if verb in REASONED and payload.reason is None:
        yield Fault(("reason",), "reason", f"is required of {verb}: why, in a word")
    if payload.reason is not None and (found := word_fault(payload.reason)) is not None:
        yield found


def word_fault(reason: str) -> Fault | None:
    """What is wrong with a reason that is no word of a list."""
    if _WORD.fullmatch(reason):
        return None
    return Fault(("reason",), "reason", "must be a word in lower case, such as wrong_territory")


def read_assignment(received: LeadReceived, received_at: datetime) -> Observed:
    """The act in a submission. Raises Never: what is ordered cannot be guessed."""
    try:
        order = decode_model(AssignmentOrder, raw_body(received), "assignment")
    except Undecodable as fault:
        raise Never("not_a_command", str(fault)) from None
    if received.authentication.method != "api_key":
        raise Never("not_allowed", "commands come by the door, with a key that has the scope assignments:write")
    if found := assignment_faults(order.verb, order):
        raise Never("not_a_command", "; ".join(f"{fault.path} {fault.problem}" for fault in found))
    act = Activity(
        id=received.submission_id,
        origin=NOBODY,
        kind=ASSIGNMENT_KINDS[order.verb],
        occurred_at=min(order.occurred_at or received_at, received_at),  # no order is of the future
        received_at=received_at,
        actor=Actor(kind="person", id=order.author),
        source="manual",
        reason=order.reason,
        assignment=order.assignment,
        member=order.to or order.author,
    )
    return Observed(act, Keys(), lead_id=order.lead_id)
