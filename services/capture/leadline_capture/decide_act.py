"""An act decided: the lead's whose it is, or held under its keys until it is known whose."""

from typing import Any
from uuid import UUID

from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation, owner_at, resolve
from leadline_capture.core.joining import with_acts
from leadline_capture.core.merging import changed
from leadline_capture.core.stitching import Identified, history, profiling_refused, pseudonym_rows
from leadline_capture.reading import Parsed
from leadline_capture.telling import Telling, same_content
from leadline_capture.view import CaptureView, Change, became
from leadline_runtime.decision import Decision, Grounds, drop, emitted
from leadline_runtime.outcomes import DUPLICATE


def decide_act(observed: Observed, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """A known lead's act is told; an unknown person's is held for 90 days; one of nobody at all is dropped."""
    origin = _whose(observed, view, grounds)
    if origin is None:
        return _hold(observed, parsed, view, grounds)
    lead_id = view.root(origin)
    state = view.states[lead_id]
    if state.body.knows(observed.id):
        return Decision(DUPLICATE, delta=_change(parsed, lead_id, "duplicate"))
    held, rows = _identified(observed, origin, view, grounds)
    told = [observed, *held]
    acts = [each.resolved(origin) for each in told]
    root = lead_id if lead_id != origin else None
    known = changed(state.body, origin, lambda part: with_acts(part, acts, told, root))
    telling = Telling(lead_id, state, known, grounds)
    if not same_content(state.body, known, grounds):
        telling.captured("updated", observed.act.received_at, submission_id=parsed.received.submission_id)
    telling.acts(acts)
    states = {lead_id: telling.state}
    submitted = became(parsed, lead_id, "attached")
    change = Change(submitted, states, reservations=rows, release=tuple(held))
    return emitted(*telling.events, states=states, delta=change)


def _identified(
    observed: Observed, origin: UUID, view: CaptureView, grounds: Grounds
) -> tuple[list[Observed], tuple[Reservation, ...]]:
    """If it tells whose a pseudonym is: what was held under that, and its row."""
    keys, at = observed.keys, observed.act.occurred_at
    if not (keys.contact or keys.user or observed.lead_id or observed.alias):
        return [], ()
    if not pseudonym_rows(keys, at, origin, view):
        return [], ()
    tables = grounds.rules.tables
    lead = Identified(origin, view.lead(origin), keys, at, tables.held_for, tables.trusted_time.late)
    found = history(lead, keys.pseudonyms, view)
    return list(found.acts), found.rows


def _whose(observed: Observed, view: CaptureView, grounds: Grounds) -> UUID | None:
    """The lead, or the part of one, that the act is of."""
    if observed.lead_id is not None and observed.lead_id in view.states:
        return observed.lead_id
    keys = observed.keys
    found = resolve(keys, "", view, grounds.rules.tables.keys).lead_id if keys.contact else None
    if found is None:
        found = _by_pseudonym(observed, view)
        if found is not None and profiling_refused(view.lead(found)):
            return None
    return found


def _by_pseudonym(observed: Observed, view: CaptureView) -> UUID | None:
    """By the signed-in user, else by the browser, but never by the browser of an unknown user: it may be shared. All
    ids of an alias are one person's. An act that gives an address of its own is that person's and nobody else's."""
    keys = observed.keys
    if keys.email or keys.phone or (keys.external and not keys.user):
        return None
    for key in keys.pseudonyms if observed.alias else keys.pseudonyms[:1]:
        found = owner_at(view.reservation(key).claims, observed.act.occurred_at)
        if found is not None:
            return found
    return None


def _hold(observed: Observed, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    if not observed.keys.all:
        return drop("unknown_lead", delta=_change(parsed, None, "unknown_lead"))
    if view.holds(observed):
        return Decision(DUPLICATE, delta=_change(parsed, None, "duplicate"))
    tables = grounds.rules.tables
    until = grounds.decided_at + (tables.consent_held_for if observed.statements else tables.held_for)
    submitted = became(parsed, None, "held")
    return drop("kept", delta=Change(submitted, hold=observed, hold_until=until))


def _change(parsed: Parsed, lead_id: UUID | None, outcome: str) -> Change:
    return Change(became(parsed, lead_id, outcome))
