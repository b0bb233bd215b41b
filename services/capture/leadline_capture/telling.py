"""The events that tell what was decided, and the state that goes with them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from leadline_capture.core.incomplete import incomplete
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.snapshot import content_of, fields_changed, lead_of
from leadline_runtime.decision import Emit, Grounds, LeadState
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.event import trusted
from leadline_schemas.topics import ATTACHED, LEAD_ACTIVITY, LEAD_CAPTURED

_captured_of, _activity_of = trusted(LeadCaptured), trusted(LeadActivity)
CapturedOutcome = Literal["created", "merged_into", "updated", "quarantined", "released", "tombstone"]


class Telling:
    """What is told of one lead in one decision, and its state afterwards. Each topic counts its own revisions."""

    def __init__(self, lead_id: UUID, before: LeadState[KnownLead] | None, after: KnownLead, grounds: Grounds) -> None:
        self.lead_id, self.before, self.after, self.grounds = lead_id, before, after, grounds
        self.revision = before.revision if before else 0
        self.events: list[Emit[Any]] = []

    def captured(self, outcome: CapturedOutcome, received_at: datetime, **told: Any) -> None:
        """Tell the whole lead. `told`: what is said of this revision only."""
        tables = self.grounds.rules.tables
        lead = lead_of(self.after, tables)
        earlier = lead_of(self.before.body, tables) if self.before else None
        event = _captured_of(
            lead_id=self.lead_id,
            revision=self.revision + 1,
            basis=self.grounds.basis(revision_before=self.revision),
            outcome=outcome,
            received_at=received_at,
            fields_changed=fields_changed(earlier, lead),
            incomplete=incomplete(lead),
            **content_of(self.after, lead),
            **told,
        )
        self.revision += 1
        self.events.append(Emit(LEAD_CAPTURED, event, self.lead_id))

    def acts(self, acts: Iterable[Activity]) -> None:
        """Tell each act as a fact of its own. Its type names its kind, and if the snapshot told with it has it too."""
        number = self.after.activity_revision
        snapshots = [emit.event for emit in self.events if isinstance(emit.event, LeadCaptured)]
        with_snapshot = {act.id for snapshot in snapshots for act in snapshot.acts}
        for act in acts:
            basis = self.grounds.basis(revision_before=number)
            number += 1
            event = _activity_of(
                lead_id=self.lead_id,
                revision=number,
                basis=basis,
                activity=act,
                snapshot=self.revision if act.origin != self.lead_id else None,
            )
            attached = act.id in with_snapshot and act.actor.kind == "lead"
            suffix = f".{act.kind}{ATTACHED if attached else ''}"
            self.events.append(Emit(LEAD_ACTIVITY, event, self.lead_id, suffix=suffix))
        self.after = replace(self.after, activity_revision=number)

    @property
    def state(self) -> LeadState[KnownLead]:
        """The lead's state after all that was told."""
        known = self.before or LeadState(self.after)
        return known.having(body=self.after, revision=self.revision)


def same_content(before: KnownLead, after: KnownLead, grounds: Grounds) -> bool:
    """Would a snapshot say the same?"""
    if all(getattr(before, part) == getattr(after, part) for part in _TOLD_BY_ACTS):
        return True
    return same_snapshot(before, after, grounds)


# Of an act nothing else reaches the snapshot.
_TOLD_BY_ACTS = ("statements", "marketing", "requests", "first_touch", "last_touch")


def same_snapshot(before: KnownLead, after: KnownLead, grounds: Grounds) -> bool:
    """Is all that is published of a lead the same?"""
    tables = grounds.rules.tables
    return content_of(before, lead_of(before, tables)) == content_of(after, lead_of(after, tables))


def touch_notes(before: KnownLead | None, after: KnownLead, notes: Sequence[str]) -> tuple[str, ...]:
    """The notes of a submission, and that its being late changed how the lead is said to have come."""
    moved = before is not None and before.first_touch != after.first_touch
    return (*notes, "first_touch_moved") if moved else tuple(notes)
