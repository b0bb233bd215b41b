"""A lead judged again because the rules are others: on the evidence it was judged on last, so by nothing but the rules.

It is done once for each lead, by whichever comes first: the pass over all leads (rescoring.py), or the next thing that
is read of it. So what an event says of its cause holds: what the rules did and what the act did are told apart.
"""

from collections.abc import Mapping
from uuid import UUID

from leadline_runtime.decision import Decision, Grounds, LeadState, drop
from leadline_runtime.items import Item, Message, Record
from leadline_runtime.outcomes import DropReason
from leadline_schemas.topics import LEAD_ACTIVITY
from leadline_score.case import Case, publish
from leadline_score.changes import Changes
from leadline_score.state import JUDGED_BY, Body, enriched_in, judged_by

# A message of the pass. Of a lane that an older instance owns it is read as a merge that brings nothing.
REJUDGE = b'{"rejudge":true}'


def is_rejudge(item: Item) -> bool:
    """Does it ask for nothing but a look by the rules in force?"""
    return isinstance(item, Message) and item.body == REJUDGE


def on_rejudge(lead_id: UUID, held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    """Bring a lead under the rules in force, unless it is, or there is nothing to judge."""
    if is_stale(held, grounds):
        return rejudged(held, grounds)
    reason: DropReason = "unchanged" if held.body.memory.rules == grounds.rules_ref.digest else "kept"
    seen = {**held.seen, JUDGED_BY: judged_by(grounds.rules_ref.digest)}  # looked at: it is not asked for again
    return drop(reason, {lead_id: held.having(seen=seen)})


def is_stale(held: LeadState[Body], grounds: Grounds) -> bool:
    """Was it judged, by other rules than those in force, and is it a lead of its own that is not kept apart?"""
    memory = held.body.memory
    if memory.published is None or memory.rules == grounds.rules_ref.digest or not held.body.snapshot:
        return False
    return held.merged_into is None and enriched_in(held.body.snapshot).captured.quarantine is None


def ends_it(item: Item) -> bool:
    """Is it a snapshot after which the lead is none of its own, or kept apart? Then nobody need know how it stood."""
    if not isinstance(item, Record) or item.topic is LEAD_ACTIVITY:
        return False
    captured = item.value.captured
    return captured.outcome == "tombstone" or captured.merged_into is not None or captured.quarantine is not None


def rejudged(held: LeadState[Body], grounds: Grounds) -> Decision[Body]:
    """What the rules in force say of what is known, as of the last judgement or of what has fallen due since."""
    snapshot, memory = held.body.snapshot, held.body.memory
    assert memory.as_of is not None
    return publish(Case(enriched_in(snapshot), snapshot, held, memory, Changes("rules_change"), memory.as_of), grounds)


def both(first: Decision[Body], second: Decision[Body]) -> Decision[Body]:
    """Two decisions about one lead as one: the second was taken on the state that the first made."""
    states: Mapping[UUID, LeadState[Body]] = {**first.states, **second.states}
    outcome = second.outcome if second.events or not first.events else first.outcome
    return Decision(
        outcome, (*first.events, *second.events), states, (*first.messages, *second.messages), second.delta
    )  # fmt: skip
