"""A person's order that is told as an act of the lead that it names, or of what that is part of by now."""

from typing import Any

from leadline_capture.core.ordered_act import OrderedAct
from leadline_capture.reading import Parsed
from leadline_capture.telling import Telling
from leadline_capture.view import CaptureView, Change, became
from leadline_runtime.decision import Decision, Grounds, drop, emitted


def decide_ordered_act(said: OrderedAct, parsed: Parsed, view: CaptureView, grounds: Grounds) -> Decision[Any]:
    """Tell it, or say why not. Like every act it stays with the lead that it names, should that part again."""
    if said.lead_id not in view.states:
        return _not_applied("unknown_lead", said, parsed)
    root = view.root(said.lead_id)
    state = view.states[root]
    if state.body.quarantine is not None:
        return _not_applied("quarantined", said, parsed)
    telling = Telling(root, state, state.body, grounds)
    telling.acts((said.act,))
    states = {root: telling.state}
    return emitted(*telling.events, states=states, delta=Change(became(parsed, root, said.outcome), states))


def _not_applied(why: str, said: OrderedAct, parsed: Parsed) -> Decision[Any]:
    return drop("not_applied", delta=Change(became(parsed, said.lead_id, "not_applied", why)))
