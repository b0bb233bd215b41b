"""A held lead whose time has come (rules B4.5); one in a queue goes on waiting to be claimed.

And one that turns out to have been put aside before it asked again.
"""

from leadline_route import reentry
from leadline_route.case import Case, excluded
from leadline_route.conclude import conclude
from leadline_route.core.giving import Situation
from leadline_route.core.hold import QUEUED_LOOK
from leadline_route.core.router import route
from leadline_route.state import Body
from leadline_runtime.decision import Decision


def on_alarm(case: Case) -> Decision[Body]:
    """Route a held lead again: to whoever is there now, or on hold until somebody else comes."""
    standing = case.standing
    if standing.outcome == "queue":
        return case.dropped("unchanged", standing, timer_at=case.now + QUEUED_LOOK)
    if reentry.is_aside(standing) and case.state.body.scored:
        prospect = case.prospect()
        return conclude(case, prospect, reentry.stays_or_comes_back(case, prospect, standing), "scored", standing)
    if standing.hold is None or not case.state.body.scored:
        return case.dropped("no_longer_due", standing, timer_at=None)
    prospect = case.prospect()
    situation = Situation(case.now, excluded(standing, case.now), held=True)
    ruling = route(prospect, situation, case.draft)
    return conclude(case, prospect, ruling, "released", standing)
