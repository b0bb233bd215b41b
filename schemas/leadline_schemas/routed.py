"""`lead.routed`: who has the lead now, why, and who else was looked at."""

from typing import Literal

from leadline_schemas.event import Event, Exact, Instant, Model
from leadline_schemas.lead import Request
from leadline_schemas.scored import LeadScored
from leadline_schemas.vocabulary import Channel, ConsentPurpose, RouteOutcome


class Candidate(Model):
    """A pool member that was looked at: chosen, or the first reason against, in words and numbers."""

    id: str
    chosen: bool = False
    reason: Literal[
        "chosen",
        "inactive",
        "absent",
        "off_shift",
        "excluded",
        "cap_reached",
        "missing_skill",
        "balance",
        "tie",
        "load",
    ]
    why: str
    balance: Exact | None = None
    open: int | None = None
    available_from: Instant | None = None


class RuleTried(Model):
    """A routing rule that was looked at before the one that decided."""

    rule: str
    why: str


class AllowedChannel(Model):
    """May we use this channel for this purpose, and why (rules B1.10)."""

    purpose: ConsentPurpose
    channel: Channel
    allowed: bool
    why: str


class NextStep(Model):
    """What has to happen next and by whom."""

    kind: str
    owner: str | None = None
    due_at: Instant | None = None


class TurnMoved(Model):
    """What a turn of `member` moved in the balances of a pool; taken back by one decision, or taken again."""

    pool: str
    member: str
    shares: dict[str, Exact]


class LeadRouted(Event):
    """The outcome for one lead. `assignment` counts assignments: the same number means that nothing moved.

    `turn_returned`: the turn of an earlier assignment that this decision took back (balances minus its shares);
    `turn_retaken`: one that had been, and counts again. An event of the type with LET_GO says nothing else
    but that nobody has it.
    """

    outcome: RouteOutcome
    assignment: int
    assigned_at: Instant | None = None
    owner: str | None = None
    escalated: bool = False
    manager: str | None = None
    pool: str | None = None
    territory: str | None = None
    rule: str
    reason: str | None = None
    # scored, override, owner_clock_lapsed, released (what was held), accepted, declined, claimed, reassigned,
    # returned (by who had it), owner_left, owner_away, merged, unmerged, sla_ladder
    cause: str
    counts_as_turn: bool = False
    released: str | None = None  # who no longer has it, or no longer what became part of it: to be told (rules B5.8)
    over_cap: bool | None = None  # given by hand to somebody who has reached a cap (rules B4.2)
    covering_for: str | None = None
    cadence: str | None = None
    held_until: Instant | None = None
    rules_tried: tuple[RuleTried, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    balance_before: dict[str, Exact] = {}
    balance_after: dict[str, Exact] = {}
    turn_returned: TurnMoved | None = None
    turn_retaken: TurnMoved | None = None
    excluded: tuple[str, ...] = ()
    allowed_channels: tuple[AllowedChannel, ...] = ()
    next_step: NextStep | None = None
    requests: tuple[Request, ...] = ()
    scored: LeadScored
