"""What can become of an item: exactly one outcome each (architecture, law 5), and the two ways to say no (law 6)."""

from typing import Literal, NamedTuple

DropReason = Literal[
    "superseded",  # a newer snapshot was already decided on
    "unchanged",  # decided, and nothing that is published changed
    "kept",  # stored for a later decision
    "not_addressed",  # meant for another reader of the topic
    "forwarded",  # sent on to the lead that this one became part of
    "erased",  # about a lead that no longer exists
    "quarantined",  # about a lead that is kept apart
    "stale_command",  # names an assignment that is no longer current
    "not_applied",  # a command that the rules do not allow; why is kept with the lead
    "no_longer_due",  # a timer whose reason is gone
    "expired",  # a canary for which nobody waits any more
    "too_old",  # happened too long ago to be news for anybody (notify)
    "unknown_lead",  # about a lead that this step has never heard of, and that cannot be kept
]


class Outcome(NamedTuple):
    """The one outcome of an item; `reason` is set for dropped (DropReason) and rejected (failure class).

    A tuple, because outcomes are counted per item, and a tuple is hashed in no time.
    """

    kind: Literal["emitted", "dropped", "rejected", "duplicate"]
    reason: str = ""


EMITTED = Outcome("emitted")
DUPLICATE = Outcome("duplicate")


def dropped(reason: DropReason) -> Outcome:
    """A policy said that nothing is published for this item, and why."""
    return Outcome("dropped", reason)


class NotNow(Exception):
    """Transient: back off, do not acknowledge, try the same batch again. Say what is waited for."""


class Never(Exception):
    """This item can never be decided: it becomes a dead letter. `failure_class` is short and without values."""

    def __init__(self, failure_class: str, detail: str = "") -> None:
        super().__init__(f"{failure_class}: {detail}" if detail else failure_class)
        self.failure_class = failure_class
