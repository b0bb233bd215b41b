"""One submission decided: which lead it belongs to, what the lead then is, what is told to the others. Pure."""

from typing import Any

from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.lead_reading import Submission
from leadline_capture.core.ordered_act import OrderedAct
from leadline_capture.core.orders import Command
from leadline_capture.decide_act import decide_act
from leadline_capture.decide_command import decide_command
from leadline_capture.decide_lead import decide_lead
from leadline_capture.decide_ordered_act import decide_ordered_act
from leadline_capture.reading import Parsed, Said, place
from leadline_capture.view import Buried, CaptureView, Change, Pointed, Submitted, became
from leadline_runtime.decision import Decision, Grounds, LeadState, drop, duplicate
from leadline_runtime.items import Item, Record
from leadline_runtime.outcomes import Never


def decide(item: Item, state: LeadState[KnownLead] | None, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """The decision on a record of `lead.received`. The same submission changes nothing twice; another body under
    its id is refused, except of test traffic, whose ids are shared."""
    if not isinstance(item, Record):
        return drop("no_longer_due")  # capture sets no timer and sends no message
    parsed = view.parsed[place(item)]
    before = view.submitted.get(parsed.received.submission_id)
    if before is not None:
        if _is_repeat(before, parsed):
            return duplicate()
        raise Never("submission_id_reused", "another body came under this submission id; send it with an id of its own")
    if parsed.fault is not None:
        raise parsed.fault
    return _decide_said(parsed.said, parsed, view, grounds)


def _is_repeat(before: Submitted, parsed: Parsed) -> bool:
    """Whether it is what came before under its id. Vendors share the ids of test traffic; the tracking API's messageId
    alone names a message, and its clients may stamp each sending anew."""
    return before.digest == parsed.digest or parsed.test or parsed.received.way == "tracking"


def _decide_said(said: Said, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    if said is None:
        return drop("not_addressed", delta=Change(became(parsed, None, "nothing_said")))
    if isinstance(said, tuple):
        at = parsed.received.received_at or grounds.decided_at
        pointed = tuple(Pointed(each, at) for each in said)
        return drop("kept", delta=Change(became(parsed, None, "pointer"), pointers=pointed))
    if isinstance(said, Submission):
        return decide_lead(said, parsed, view, grounds)
    if isinstance(said, Command):
        return decide_command(said, parsed, view, grounds)
    if isinstance(said, OrderedAct):
        return decide_ordered_act(said, parsed, view, grounds)
    return decide_act(said, parsed, view, grounds)


def rejected(item: Item, failure_class: str) -> Buried:
    """What is remembered of a submission that became a dead letter."""
    assert isinstance(item, Record), "of capture's items only records are rejected"
    return Buried(item.value.submission_id, item.value.source, failure_class)
