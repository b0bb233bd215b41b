"""A lead's submission decided: resolved, joined, its keys reserved, told."""

from typing import Any
from uuid import UUID

from leadline_capture.core.identity import Match, resolve
from leadline_capture.core.joining import with_held, with_submission
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.lead_reading import Submission, as_reply
from leadline_capture.core.merging import changed
from leadline_capture.core.reserving import reserved
from leadline_capture.core.stitching import Identified, history
from leadline_capture.likening import likened, lookalikes_noted
from leadline_capture.merge import joining
from leadline_capture.reading import Parsed
from leadline_capture.telling import CapturedOutcome, Telling, same_snapshot, touch_notes
from leadline_capture.view import CaptureView, Change, became
from leadline_runtime.canary import passed_on
from leadline_runtime.decision import Decision, Grounds, LeadState, drop, emitted
from leadline_runtime.outcomes import DUPLICATE

NOBODY = Match(None, None)


def decide_lead(submission: Submission, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """What is kept apart becomes a lead of its own without keys, so that nobody is joined to it."""
    tables = grounds.rules.tables
    if submission.canary:
        return _canary(submission, grounds)
    if submission.quarantine is not None:
        return _kept_apart(submission, parsed, grounds)
    match = resolve(submission.keys, submission.name, view, tables.keys)
    origin = match.lead_id or submission.lead_id
    joined = joining(view.root(origin), match.joins, view, grounds) if match.joins else None
    lead_id = joined.root if joined else view.root(origin)
    state = view.states.get(lead_id)
    if state is not None and _was_sent_twice(submission, state.body):
        return Decision(DUPLICATE, delta=Change(became(parsed, lead_id, "duplicate")))
    if submission.reply and state is not None:
        submission = as_reply(submission)
    act = submission.act.resolved(origin)
    root = lead_id if lead_id != origin else None
    before = joined.after if joined else state.body if state else None
    if before is None:
        known = lookalikes_noted(submission, with_submission(None, submission, act, match), view)
    else:
        known = changed(before, origin, lambda part: with_submission(part, submission, act, match, root))
    rows = reserved(submission.keys, submission.name, origin, view)
    back, late = tables.held_for, tables.trusted_time.late
    past = history(Identified(origin, known, submission.keys, submission.at, back, late), submission.keys.all, view)
    held = past.acts
    acts = [each.resolved(origin) for each in held]
    if held:
        known = changed(known, origin, lambda part: with_held(part, acts, held, root))
    outcome: CapturedOutcome = "created" if state is None else "merged_into" if submission.told else "updated"
    submitted = became(parsed, lead_id, "merged_into" if state else "created")
    rows += past.rows
    unsaid = not submission.told and state is not None and joined is None and not held
    if unsaid and state is not None and same_snapshot(state.body, known, grounds):
        # It said nothing new, as most do: an application tells who is signed in again and again.
        states = {lead_id: state.having(body=known)}
        return drop("unchanged", states, Change(submitted, states, reservations=tuple(rows)))
    telling = Telling(lead_id, state, known, grounds)
    _tell(telling, submission, outcome, match.kind, len(held))
    telling.acts([act, *acts] if submission.told else acts)
    gone = joined.tombstone(telling, submission.receipt) if joined else None
    states = {lead_id: telling.state, **({gone.lead_id: gone.state} if gone else {})}
    looks = likened(lead_id, state.body if state else None, known, view)
    change = Change(submitted, states, reservations=tuple(rows), release=held, likened=looks)
    return emitted(*(gone.events if gone else ()), *telling.events, states=states, delta=change)


def _was_sent_twice(submission: Submission, known: KnownLead) -> bool:
    """Whether the lead has the same request from just before or after, under the id of the neighbouring window."""
    repeats, at = submission.receipt.repeats, submission.receipt.received_at
    return repeats is not None and any(
        act.id in repeats.requests and abs(act.received_at - at) <= repeats.within for act in known.acts
    )


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


def _canary(submission: Submission, grounds: Grounds) -> Decision[Any]:
    """A lead of its own as long as it is under way; not even that there was such a submission is remembered."""
    known = with_submission(None, submission, submission.act.resolved(submission.lead_id), NOBODY)
    telling, receipt = Telling(submission.lead_id, None, known, grounds), submission.receipt
    told: dict[str, Any] = {"submission_id": receipt.submission_id, "notes": submission.notes, "canary": True}
    telling.captured("created", receipt.received_at, **told)
    return passed_on(emitted(*telling.events, states={}), receipt.received_at, grounds.decided_at)


def _kept_apart(submission: Submission, parsed: Parsed, grounds: Grounds) -> Decision[Any]:
    lead_id = submission.lead_id
    known = with_submission(None, submission, submission.act.resolved(lead_id), NOBODY)
    telling = Telling(lead_id, None, known, grounds)
    _tell(telling, submission, "quarantined", None, 0)
    states: dict[UUID, LeadState[KnownLead]] = {lead_id: telling.state}
    submitted = became(parsed, lead_id, "quarantined", submission.quarantine)
    return emitted(*telling.events, states=states, delta=Change(submitted, states))
