"""A person's command decided: leads merged or taken apart. What cannot be done is kept with its reason, and told."""

from typing import Any
from uuid import UUID

from leadline_capture.core.identity import Reservation, resolve
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.merging import parted
from leadline_capture.core.orders import Command
from leadline_capture.core.releasing import keys_of, released
from leadline_capture.core.reserving import reserved
from leadline_capture.merge import join
from leadline_capture.reading import Parsed
from leadline_capture.telling import CapturedOutcome, Telling
from leadline_capture.view import CaptureView, Change, became
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, drop, emitted

States = dict[UUID, LeadState[KnownLead]]
Applied = tuple[list[Emit[Any]], States, str, tuple[Reservation, ...]]


class NotPossible(Exception):
    """The command cannot be applied as things are; its text is one of a closed list, and becomes a label."""


def decide_command(command: Command, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """Apply it, or say why not."""
    applied = {"lead.merge": _merge, "lead.unmerge": _unmerge, "lead.release": _release}[command.ordered.kind]
    try:
        events, states, outcome, rows = applied(command, view, grounds)
    except NotPossible as why:
        return drop("not_applied", delta=Change(became(parsed, command.lead_id, "not_applied", str(why))))
    change = Change(became(parsed, command.lead_id, outcome), states, reservations=rows)
    return emitted(*events, states=states, delta=change)


def _merge(command: Command, view: CaptureView, grounds: Grounds) -> Applied:
    root, other = command.lead_id, command.duplicate_id
    if other is None or other == root:
        raise NotPossible("merge_with_itself")
    _known(command.leads, view)
    if view.root(other) == view.root(root):
        raise NotPossible("already_merged")
    if view.states[root].merged_into is not None:
        raise NotPossible("part_of_another")  # name the lead that it is part of
    if view.states[other].merged_into is not None:
        raise NotPossible("duplicate_part_of_another")
    if any(view.states[each].body.quarantine is not None for each in (root, other)):
        raise NotPossible("quarantined")
    joined = join(root, other, view, grounds)
    telling = _tell(root, joined.after, command, view, grounds)
    gone = joined.gone(telling, _received(command, grounds), **_said(command))
    return [*gone.events, *telling.events], {root: telling.state, other: gone.state}, "leads_merged", ()


def _unmerge(command: Command, view: CaptureView, grounds: Grounds) -> Applied:
    other = command.lead_id
    _known((other,), view)
    into = view.states[other].merged_into
    if into is None:
        raise NotPossible("not_merged")
    if view.states[into.lead_id].merged_into is not None:
        raise NotPossible("part_of_another")  # the last merge of a chain is taken apart first
    known, theirs = parted(
        into.lead_id, view.states[into.lead_id].body, other, view.states[other].body, grounds.decided_at
    )
    root = _tell(into.lead_id, known, command, view, grounds)
    back = _tell(other, theirs, command, view, grounds)
    states = {into.lead_id: root.state, other: back.state.having(merged_into=None)}
    return [*root.events, *back.events], states, "leads_parted", ()


def _release(command: Command, view: CaptureView, grounds: Grounds) -> Applied:
    """The lead takes its keys, as far as nobody holds them, and its clocks start now (rules B1.11)."""
    lead_id, tables = command.lead_id, grounds.rules.tables
    _known((lead_id,), view)
    state = view.states[lead_id]
    if state.body.quarantine is None:
        raise NotPossible("not_quarantined")
    keys = keys_of(state.body, tables)
    if not keys.contact:
        raise NotPossible("no_contact")
    name = next(iter(state.body.names), "")
    after = released(state.body, resolve(keys, name, view, tables.keys))
    telling = _tell(lead_id, after, command, view, grounds, "released")
    telling.acts(after.acts)
    return telling.events, {lead_id: telling.state}, "released", tuple(reserved(keys, name, lead_id, view))


def _known(leads: tuple[UUID, ...], view: CaptureView) -> None:
    if any(each not in view.states for each in leads):
        raise NotPossible("unknown_lead")


def _tell(
    lead_id: UUID, after: KnownLead, command: Command, view: CaptureView, grounds: Grounds,
    outcome: CapturedOutcome = "updated",
) -> Telling:  # fmt: skip
    telling = Telling(lead_id, view.states[lead_id], after, grounds)
    telling.captured(outcome, _received(command, grounds), **_said(command))
    return telling


def _received(command: Command, grounds: Grounds) -> Any:
    return command.received_at or grounds.decided_at


def _said(command: Command) -> dict[str, Any]:
    return {"submission_id": command.ordered.id, "ordered": command.ordered}
