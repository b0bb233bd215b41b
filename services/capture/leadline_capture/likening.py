"""A decided lead likened to the stored ones: a new one is compared, and everybody can be found from then on."""

from dataclasses import replace
from uuid import UUID

from leadline_capture.alike import Likened
from leadline_capture.core.known_lead import MOST_SUSPECTS, KnownLead
from leadline_capture.core.lead_reading import Submission
from leadline_capture.core.lookalikes import Looks
from leadline_capture.core.survivorship import standing
from leadline_capture.view import CaptureView

# What a lead is found by, besides its e-mail address: a lead that says one of these for the first time looks new.
_TELLING = ("name", "company", "address")


def lookalikes_noted(submission: Submission, known: KnownLead, view: CaptureView) -> KnownLead:
    """A new lead with those it looks like. Only if nobody holds any of its keys: whoever does is told by its key."""
    if any(view.reservation(key).holder is not None for _, key in submission.keys.contact):
        return known
    suspected = {each.lead_id for each in known.possible_duplicates}
    found = [each for each in view.alike.of(submission.lead_id) if each.lead_id not in suspected]
    if not found:
        return known
    return replace(known, possible_duplicates=(*known.possible_duplicates, *found)[-MOST_SUSPECTS:])


def likened(lead_id: UUID, before: KnownLead | None, known: KnownLead, view: CaptureView) -> Likened | None:
    """What changes with the lead; None if nothing does."""
    told = {each.lead_id for each in before.possible_duplicates} if before else set()
    suggested = tuple(each for each in known.possible_duplicates if each.lead_id not in told)
    looks = _looks(lead_id, before, known, view)
    return Likened(lead_id, looks, suggested) if looks or suggested else None


def _looks(lead_id: UUID, before: KnownLead | None, known: KnownLead, view: CaptureView) -> Looks | None:
    if before is None and lead_id in view.alike.looks:
        return view.alike.looks[lead_id]
    if before is None or any(field in known.fields and field not in before.fields for field in _TELLING):
        return view.alike.finder.looks(standing(known.fields))
    return None
