"""What a batch of captures sees: keys, leads, held acts and submissions as read, and as its own items changed them."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from uuid import UUID

from leadline_capture.alike import Alike, Likened
from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.pointers import Pointer
from leadline_capture.reading import Parsed, Place
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import LeadState


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: kept for ever, so that a replay changes nothing. `source` is whose it is, `reason`
    why it was kept apart."""

    submission_id: UUID
    digest: bytes
    lead_id: UUID | None
    outcome: str
    source: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Pointed:
    """A pointer, and when the notice of it came."""

    pointer: Pointer
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Buried:
    """A submission that became a dead letter; decided after all when that is retried."""

    submission_id: UUID
    source: str
    failure_class: str


def became(parsed: Parsed, lead_id: UUID | None, outcome: str, reason: str | None = None) -> Submitted:
    """What became of a submission that was read."""
    received = parsed.received
    return Submitted(received.submission_id, parsed.digest, lead_id, outcome, received.source, reason)


@dataclass(frozen=True, slots=True)
class Change:
    """What one decided item changes."""

    submitted: Submitted
    states: Mapping[UUID, LeadState[KnownLead]] = field(default_factory=dict)
    reservations: tuple[Reservation, ...] = ()
    hold: Observed | None = None
    hold_until: datetime | None = None
    release: tuple[Observed, ...] = ()
    pointers: tuple[Pointed, ...] = ()
    likened: Likened | None = None


@dataclass
class CaptureView:
    """The rows of one transaction, changed in memory item by item; `Store.write` writes the difference."""

    parsed: Mapping[Place, Parsed]
    states: dict[UUID, LeadState[KnownLead]]
    stored: dict[str, Reservation]
    submitted: dict[UUID, Submitted]
    held: dict[str, dict[UUID, Observed]]
    decided_at: datetime
    alike: Alike
    changed: dict[str, Reservation] = field(default_factory=dict)
    new_submitted: list[Submitted] = field(default_factory=list)
    buried: dict[UUID, Buried] = field(default_factory=dict)
    new_held: dict[tuple[str, UUID], tuple[Observed, datetime]] = field(default_factory=dict)
    released: set[tuple[str, UUID]] = field(default_factory=set)
    new_pointers: dict[UUID, Pointed] = field(default_factory=dict)

    def reservation(self, key: str) -> Reservation:
        """The key's row. A row of a lead that never came to be (its submission was rejected) counts as blank."""
        row = self.changed.get(key) or self.stored.get(key)
        if row is None:
            return Reservation(key)
        if row.holder is not None and row.holder not in self.states:
            return Reservation(key)
        if row.claims and any(lead not in self.states for _, lead in row.claims):
            return Reservation(key, claims=tuple(claim for claim in row.claims if claim[1] in self.states))
        return row

    def has(self, key: str) -> bool:
        """Was this key read, and is it ours to change?"""
        return key in self.stored

    def lead(self, lead_id: UUID) -> KnownLead:
        """A lead that a reservation names."""
        return self.states[self.root(lead_id)].body

    def root(self, lead_id: UUID) -> UUID:
        """The lead itself, or the one it became part of."""
        while (state := self.states.get(lead_id)) is not None and state.merged_into is not None:
            lead_id = state.merged_into.lead_id
        return lead_id

    def held_under(self, keys: Iterable[str]) -> list[Observed]:
        """The acts held under any of these keys, each once, in order of time."""
        found: dict[UUID, Observed] = {}
        for key in keys:
            found.update(self.held.get(key, {}))
        return sorted(found.values(), key=lambda each: (each.act.occurred_at, each.id))

    def holds(self, act: Observed) -> bool:
        """Is this act held already, under any of its keys?"""
        return any(act.id in self.held.get(key, {}) for key in act.keys.all)

    def apply(self, delta: Change | Buried) -> None:
        """Take over what one item changed."""
        if isinstance(delta, Buried):
            self.buried[delta.submission_id] = delta
            return
        self.states.update(delta.states)
        if delta.likened is not None:
            self.alike.apply(delta.likened)
        self.changed.update((row.key, row) for row in delta.reservations)
        self.submitted[delta.submitted.submission_id] = delta.submitted
        self.new_submitted.append(delta.submitted)
        if delta.hold is not None and delta.hold_until is not None:
            for key in delta.hold.keys.all:
                self.held.setdefault(key, {})[delta.hold.id] = delta.hold
                self.new_held[(key, delta.hold.id)] = (delta.hold, delta.hold_until)
        self.new_pointers.update((each.pointer.id, each) for each in delta.pointers)
        for act in delta.release:
            for key in act.keys.all:
                self.held.get(key, {}).pop(act.id, None)
                if self.new_held.pop((key, act.id), None) is None:
                    self.released.add((key, act.id))

    def rewritten(self) -> list[Reservation]:
        """The reservations that differ from what the table holds, in the order of their keys."""
        return [row for key, row in sorted(self.changed.items()) if self.stored.get(key) != row]
