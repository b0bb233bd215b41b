"""How every step treats a canary: decided as any lead, passed on, and then as if it had never been (ADR 0035).

Nothing of it is kept or counted, so there is no state that could grow, and nothing to be left out of reports later.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from leadline_runtime.decision import Decision, drop

S = TypeVar("S")
# A canary that is late by more than this was missed long ago. After an outage they do not stand in the way of leads,
# and what is read again from the beginning sends none of them on its way again.
LIVES_FOR: Final = timedelta(minutes=10)


def passed_on(decision: Decision[S], received_at: datetime, decided_at: datetime) -> Decision[S]:
    """The decision on a canary: its events, uncounted, and nothing else of it; nothing once nobody waits for it."""
    if decided_at - received_at > LIVES_FOR:
        return drop("expired")
    return Decision(decision.outcome, tuple(replace(each, counted=False) for each in decision.events))
