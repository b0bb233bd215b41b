"""A lead's submission decided: resolved, joined, its keys reserved, told."""

from typing import Any
from uuid import UUID

from leadline_capture.core.identity import Match, Reservation, resolve
from leadline_capture.core.joining import with_held, with_submission
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.lead_reading import Submission
from leadline_capture.core.reserving import claimed, reserved
from leadline_capture.core.stitching import Claimant, attachable
from leadline_capture.reading import Parsed
from leadline_capture.telling import CapturedOutcome, Telling, touch_notes
from leadline_capture.view import CaptureView, Change, became
from leadline_runtime.decision import Decision, Grounds, LeadState, emitted

NOBODY = Match(None, None)


def decide_lead(submission: Submission, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """What is kept apart becomes a lead of its own without keys, so that nobody is joined to it."""
    tables = grounds.rules.tables
    if submission.quarantine is not None:
        return _kept_apart(submission, parsed, grounds)
    match = resolve(submission.keys, submission.name, view, tables.keys)
    lead_id = view.root(match.lead_id) if match.lead_id else submission.lead_id
    state = view.states.get(lead_id)
    act = submission.act.resolved(lead_id)
    known = with_submission(state.body if state else None, submission, act, match)
    rows = _reserved(submission, lead_id, view)
    claims = rows[-1].claims if submission.keys.anonymous else ()
    waiting = view.held_under(submission.keys.all)
    held = attachable(waiting, Claimant(lead_id, known, claims), submission.at, tables.held_for)
    acts = [each.resolved(lead_id) for each in held]
    if held:
        known = with_held(known, acts, [said for each in held for said in each.statements])
    telling = Telling(lead_id, state, known, grounds)
    outcome: CapturedOutcome = "merged_into" if state else "created"
    _tell(telling, submission, outcome, match.kind, len(held))
    telling.acts([act, *acts])
    states = {lead_id: telling.state}
    submitted = became(parsed, lead_id, outcome)
    change = Change(submitted, states, reservations=tuple(rows), release=tuple(held))
    return emitted(*telling.events, states=states, delta=change)


def _reserved(submission: Submission, lead_id: UUID, view: CaptureView) -> list[Reservation]:
    """The rows of its keys; that of the anonymous id, if it has one, last."""
    rows = reserved(submission.keys, submission.name, lead_id, view)
    anonymous = submission.keys.anonymous
    return [*rows, claimed(view.reservation(anonymous), submission.at, lead_id)] if anonymous else rows


def _tell(telling: Telling, submission: Submission, outcome: CapturedOutcome, match: str | None, stitched: int) -> None:
    before = telling.before.body if telling.before else None
    telling.captured(
        outcome,
        submission.receipt.received_at,
        submission_id=submission.receipt.submission_id,
        match=match,
        notes=touch_notes(before, telling.after, submission.notes),
        stitched=stitched,
    )


def _kept_apart(submission: Submission, parsed: Parsed, grounds: Grounds) -> Decision[Any]:
    lead_id = submission.lead_id
    known = with_submission(None, submission, submission.act.resolved(lead_id), NOBODY)
    telling = Telling(lead_id, None, known, grounds)
    _tell(telling, submission, "quarantined", None, 0)
    states: dict[UUID, LeadState[KnownLead]] = {lead_id: telling.state}
    submitted = became(parsed, lead_id, "quarantined", submission.quarantine)
    return emitted(*telling.events, states=states, delta=Change(submitted, states))
