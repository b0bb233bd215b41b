"""One item about one lead, with everything its decision needs; and how a lead is let go of its owner."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from leadline_route.core.balance import take_back
from leadline_route.core.prospect import Prospect
from leadline_route.core.roster import Draft
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import Scored
from leadline_route.core.touches import OPEN_STAGES
from leadline_route.core.words import clock
from leadline_route.state import Body, Exclusion, Move, Standing
from leadline_route.view import RouteView
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, Grounds, LeadState, drop
from leadline_runtime.outcomes import DropReason


@dataclass(frozen=True, slots=True)
class Case:
    """`draft` collects what this one decision changes in balances and loads."""

    lead_id: UUID
    state: LeadState[Body]
    view: RouteView
    grounds: Grounds
    draft: Draft

    @property
    def standing(self) -> Standing:
        """Where the lead stood before this item."""
        return self.state.body.standing

    @property
    def now(self) -> datetime:
        """The instant of the decision."""
        return self.grounds.decided_at

    @property
    def book(self) -> Rulebook:
        """The rules in force."""
        book: Rulebook = self.grounds.rules
        return book

    def prospect(
        self, scored: Scored | None = None, raw: bytes | None = None, lifted: tuple[str, ...] | None = None
    ) -> Prospect:
        """The lead as the given snapshot shows it, or as the last one did; without the vetoes that are `lifted` now."""
        shown = raw if raw is not None else self.state.body.scored
        return self.view.prospect(shown, scored, self.book, self.standing.lifted if lifted is None else lifted)

    def dropped(self, reason: DropReason, standing: Standing, **changes: Any) -> Decision[Body]:
        """Nothing is published; the lead stands so from now on."""
        body = Body(standing, changes.pop("scored", self.state.body.scored))
        ringing = self.state.timer_at
        if ringing is not None and ringing <= self.now:  # due, but this item came first: it rings right after it
            changes.setdefault("timer_at", self.now + timedelta(microseconds=1))
        return drop(reason, {self.lead_id: self.state.having(body=body, **changes)}, self.draft.delta())


def excluded(standing: Standing, now: datetime) -> Mapping[str, str]:
    """Whom the lead must not go to at present, and why."""
    return {each.member: each.why for each in standing.excluded if each.until > now}


def excluding(case: Case, member: str, why: str) -> tuple[Exclusion, ...]:
    """The exclusions with one more; those that are over are forgotten."""
    until = case.now + case.book.ladder.exclude_for
    live = [each for each in case.standing.excluded if each.until > case.now and each.member != member]
    return (*live, Exclusion(member=member, until=until, why=why))


def hands_off(case: Case) -> str | None:
    """Why nothing may move this lead by itself: a recent human touch, a booked meeting. None: it may be moved."""
    standing, now = case.standing, case.now
    touch = standing.touch
    if touch is not None and touch.at > now - case.book.ladder.touch_counts_for:
        return f"{touch.by} touched it at {clock(touch.at, now)}"
    if standing.meeting is not None:
        return "a meeting is booked"
    return None


def is_open(standing: Standing) -> bool:
    """Does a lead with this stage count as open for its owner."""
    return standing.stage in OPEN_STAGES


def let_go(case: Case) -> None:
    """The owner no longer has this lead among his open ones. His turn and his day stay spent."""
    standing = case.standing
    if standing.counted and standing.owner is not None:
        case.draft.opened(standing.owner, -1)


def give_turn_back(case: Case) -> bool:
    """Take back what the current assignment's turn moved, if it is recent enough (rules B4.4); whether it was."""
    standing = case.standing
    if standing.move is None or standing.assigned_at is None:
        return False
    if case.now - standing.assigned_at > case.book.ladder.reverse_within:
        return False
    _turn(case, standing.move, back=True)
    return True


def take_turn(case: Case, move: Move) -> None:
    """Move the balances again as they were moved before the turn was given back."""
    _turn(case, move, back=False)


def _turn(case: Case, move: Move, *, back: bool) -> None:
    moved = {member: Fraction(share) for member, share in move.shares.items()}
    shares = {member: share if back else -share for member, share in moved.items()}
    owed = {member: case.draft.owed(member, move.pool) for member in shares}
    case.draft.owe(move.pool, take_back(owed, shares))
    (case.draft.returned if back else case.draft.retaken)[move.pool] = moved
