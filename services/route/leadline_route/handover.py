"""A lead whose owner left, or will be away past its first promise: somebody else gets it (rules B4.6, B4.9)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from leadline_route.case import Case, hands_off
from leadline_route.conclude import conclude
from leadline_route.core.team import Team
from leadline_route.core.touches import BEFORE_SAL
from leadline_route.core.words import clock, day_or_clock
from leadline_route.leaving import again, left
from leadline_route.state import Body
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision

LOOK: Final = b"handover"  # the message that asks for it
LEFT, AWAY = "owner_left", "owner_away"


@dataclass(frozen=True, slots=True)
class Away:
    """Why a member is not there, and when he is back."""

    why: str
    back_at: datetime


def away(team: Team, member: str, now: datetime) -> Away | None:
    """A declared absence in force; None: there, or only off shift. A manager has no hours."""
    found = team.members.get(member)
    duty = found.hours.duty(now) if found is not None else None
    if found is None or duty is None or duty.absence is None:
        return None
    until = day_or_clock(duty.absence.end, found.days.zone)
    return Away(f"{member} is absent ({duty.absence.reason}) until {until}", duty.back_at)


def on_handover(case: Case) -> Decision[Body]:
    """Look at the lead's owner again. What a person has touched moves only if the owner is gone for good."""
    standing, owner = case.standing, case.standing.owner
    if standing.outcome != "person" or owner is None or case.state.merged_into is not None:
        return case.dropped("no_longer_due", standing)
    if not case.book.team.is_active(owner):
        return left(case, case.prospect(), standing, LEFT)
    gone = away(case.book.team, owner, case.now)
    if gone is None:
        return case.dropped("no_longer_due", standing)
    return _away(case, owner, gone)


def _away(case: Case, owner: str, gone: Away) -> Decision[Body]:
    standing, now, prospect = case.standing, case.now, case.prospect()
    first_due = prospect.first_due(now)
    if gone.back_at <= first_due or standing.stage not in BEFORE_SAL or hands_off(case) is not None:
        return case.dropped("unchanged", standing)
    why = f"{gone.why}, not back by the first promise at {clock(first_due, now)}"
    ruling = replace(again(case, prospect, standing, why), covering_for=owner)
    return conclude(case, prospect, ruling, AWAY, standing)
