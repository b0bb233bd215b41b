"""A person's override of a score: what may be set and for how long (rules B3.11), and the act that it becomes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from leadline_capture.core.faults import Fault
from leadline_capture.core.ordered_act import OrderedAct, ordered_at
from leadline_schemas.activity import Activity, Actor, ScoreOverride
from leadline_schemas.commands import CommandPayload, OverridePayload

LONGEST: Final = timedelta(days=90)
MOST_POINTS: Final = 100


def override_faults(payload: CommandPayload, received_at: datetime) -> tuple[Fault, ...]:
    """Everything that is wrong with what is to be set, as of when it is received."""
    told = payload.override
    if payload.kind != "score.override":
        return () if told is None else (_fault(None, f"is not a part of {payload.kind}"),)
    if told is None:
        return (_fault(None, "is required: what is to be set, or cleared"),)
    return (
        *_veto(told),
        *(_cleared(told) if told.clear else _set(told, ordered_at(payload, received_at), received_at)),
    )


def read_override(payload: CommandPayload, submission_id: UUID, received_at: datetime) -> OrderedAct:
    """The override in a command without faults."""
    told = payload.override
    assert told is not None, "a command without faults"
    act = Activity(
        id=submission_id,
        origin=payload.lead_id,
        kind="score.overridden",
        occurred_at=ordered_at(payload, received_at),
        received_at=received_at,
        actor=Actor(kind="person", id=payload.author),
        source="manual",
        override=ScoreOverride(
            target=told.target,
            veto=told.veto,
            value=told.value,
            author=payload.author,
            reason=payload.reason,
            expires_at=told.expires_at,
        ),
    )
    return OrderedAct(act, "score_overridden")


def _veto(told: OverridePayload) -> Iterator[Fault]:
    if told.target == "veto" and told.veto is None:
        yield _fault("veto", "is required: the id of the veto in the scoring rules, as competitor")
    if told.target != "veto" and told.veto is not None:
        yield _fault("veto", f"is not a part of an override of {told.target}")


def _cleared(told: OverridePayload) -> Iterator[Fault]:
    for name in ("value", "expires_at"):
        if getattr(told, name) is not None:
            yield _fault(name, "is not a part of a clear: the computed value counts from then on")


def _set(told: OverridePayload, at: datetime, received_at: datetime) -> Iterator[Fault]:
    yes_or_no = told.target in ("mql", "veto")
    if told.value is None:
        yield _fault("value", "is required; or send clear: true")
    elif yes_or_no and not isinstance(told.value, bool):
        yield _fault("value", f"must be true or false for {told.target}")
    elif not yes_or_no and isinstance(told.value, bool):
        yield _fault("value", f"must be a whole number of points for {told.target}, 0 to {MOST_POINTS}")
    elif not yes_or_no and not 0 <= told.value <= MOST_POINTS:
        yield _fault("value", f"must be 0 to {MOST_POINTS}")
    latest = at + LONGEST
    if told.expires_at is None:
        yield _fault("expires_at", f"is required: at most {LONGEST.days} days ahead, until {latest:%Y-%m-%dT%H:%M:%SZ}")
    elif told.expires_at > latest:
        yield _fault("expires_at", f"must be at most {LONGEST.days} days ahead, until {latest:%Y-%m-%dT%H:%M:%SZ}")
    elif told.expires_at <= received_at:
        yield _fault("expires_at", "is over already")


def _fault(name: str | None, problem: str) -> Fault:
    place = ("override",) if name is None else ("override", name)
    return Fault(place, ".".join(place), problem)
