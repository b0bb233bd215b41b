"""Two leads become one: the root's snapshot lists the other, whose tombstone names that snapshot (loop, section 7)."""

from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID

from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.merging import given_away, merged
from leadline_capture.core.receipt import Receipt
from leadline_capture.telling import Telling
from leadline_capture.view import CaptureView
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Grounds, LeadState
from leadline_schemas.lead import MergedInto


@dataclass(frozen=True, slots=True)
class Join:
    """`other` becomes part of `root`, which is then known as `after`."""

    root: UUID
    other: UUID
    after: KnownLead
    before: LeadState[KnownLead]
    grounds: Grounds
    told: dict[str, Any] = field(default_factory=dict)

    def gone(self, root: Telling, received_at: datetime, **told: Any) -> "Gone":
        """The tombstone, which names the revision that `root` was just told with. It holds all that was known."""
        into = MergedInto(lead_id=self.root, revision=root.revision)
        telling = Telling(self.other, self.before, self.before.body, self.grounds)
        telling.captured("tombstone", received_at, merged_into=into, **told)
        state = telling.state.having(body=given_away(telling.after), merged_into=into)
        return Gone(self.other, state, tuple(telling.events))

    def tombstone(self, root: Telling, receipt: Receipt) -> "Gone":
        """See `gone`; of a submission that showed both to be one person."""
        return self.gone(root, receipt.received_at, submission_id=receipt.submission_id, match="external_id")


@dataclass(frozen=True, slots=True)
class Gone:
    """A lead that became part of another: its state from now on, and what is told of it."""

    lead_id: UUID
    state: LeadState[KnownLead]
    events: tuple[Any, ...]


def join(root: UUID, other: UUID, view: CaptureView, grounds: Grounds) -> Join:
    """Both are roots and known."""
    before = view.states[other]
    return Join(root, other, merged(root, view.states[root].body, other, before.body), before, grounds)


def joining(one: UUID, other: UUID, view: CaptureView, grounds: Grounds) -> Join:
    """Of two leads that turn out to be one person the older stays: ids begin with the time of the first submission."""
    return join(min(one, other), max(one, other), view, grounds)
