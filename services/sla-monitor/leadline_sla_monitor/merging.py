"""The monitor's messages about leads that become part of others, or leave them again (loop, section 7)."""

from uuid import UUID

from leadline_runtime.core.values import replace
from leadline_runtime.decision import Send
from leadline_runtime.forwarding import back
from leadline_runtime.items import Message, Passage, Record
from leadline_runtime.json_body import JsonBody
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto
from leadline_sla_monitor.core.acts import kept
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.life import Life, lived
from leadline_sla_monitor.core.moved import Moved
from leadline_sla_monitor.core.moving import given_away, joining, parted, with_moved

_MOVED = JsonBody(Moved, "the monitor's message")
Sent = tuple[Known, tuple[Send, ...]]


def after_tombstone(lead: UUID, known: Known, into: MergedInto, cause: UUID) -> Sent:
    """The lead is part of another now: what it held goes there."""
    assert known.over_at is not None
    left, moved = given_away(lead, known, known.over_at)
    return left, () if moved.is_empty else (_send("moved", cause, into.lead_id, moved, Passage(into.revision)),)


def sorted_out(lead: UUID, known: Known, cause: UUID) -> Sent:
    """A snapshot of a lead of its own: what came back before it is taken up, what belongs to others goes back."""
    for moved in known.pending:
        known = _returned(lead, known, moved)
    left, gone = parted(lead, replace(known, pending=()))
    passage = Passage(0, (lead, left.snapshot))
    return left, tuple(_send("parted", cause, origin, moved, passage) for origin, moved in gone.items())


def taken_up(lead: UUID, known: Known, message: Message) -> Sent:
    """What another lead held. A tombstone that is older than the parting keeps it until it reads of that."""
    moved = _MOVED.decode(message.body)
    if known.over is not None:
        return replace(known, pending=(*known.pending, moved)), ()
    if message.passage.left is not None:
        return sorted_out(lead, _returned(lead, known, moved), message.cause)
    return sorted_out(lead, with_moved(lead, known, moved, message.passage.named), message.cause)


def _returned(lead: UUID, known: Known, moved: Moved) -> Known:
    """What came back: its open promises have their full time from the unmerge on."""
    promises = tuple(replace(each, returned=True) for each in moved.promises)
    return with_moved(lead, known, replace(moved, promises=promises), 0)


def returned_act(known: Known, activity: Activity) -> Known:
    """An act that came back to a tombstone that is older than the parting: what it says of promises and of stages."""
    act, life = kept(activity), lived(Life(), activity, None)
    if act is None and life == Life():
        return known
    return replace(known, pending=(*known.pending, Moved(acts=() if act is None else (act,), life=life)))


def beginning_elsewhere(
    lead: UUID, known: Known, routed: Known, into: MergedInto | None, cause: UUID
) -> Sent:  # fmt: skip
    """Requests that the tombstone's score began before it became part of another: the root's to watch."""
    if into is None or not routed.asked:
        return known, ()
    left, moved = given_away(lead, replace(known, asked=routed.asked, acts=(), promises=(), life=Life()), known.over_at)  # type: ignore[arg-type]
    kept_promises = replace(left, promises=known.promises, opened=known.opened)
    return kept_promises, (_send("begun", cause, into.lead_id, moved, Passage(into.revision)),)


def sent_after(record: Record[LeadActivity], lead: UUID, known: Known) -> tuple[Send | None, Known]:
    """An act of an origin that has left the lead goes after it; one that is yet to be listed waits here."""
    origin = record.value.activity.origin
    if origin == lead:
        return None, known
    named = record.passage.named if record.passage else record.value.snapshot or 0
    if origin not in known.aliases and known.snapshot and named <= known.snapshot:
        return back(record, origin, lead, known.snapshot), known
    return None, joining(known, origin, named)


def _send(kind: str, cause: UUID, to: UUID, moved: Moved, passage: Passage) -> Send:
    return Send(derived_id(kind, cause, to), to, _MOVED.encode(moved), passage)
