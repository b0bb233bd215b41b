"""Whose turn is next in a pool: leads dealt in thought, by the same functions that deal them in earnest."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from leadline_route.core.candidates import Need, consider
from leadline_route.core.caps import counted
from leadline_route.core.hold import earliest
from leadline_route.core.roster import Counts, Draft, Load, Roster
from leadline_route.core.selection import Selection, select
from leadline_route.core.team import Pool, Team
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One lead dealt at `at`; `waited`: nobody could have had it before then."""

    number: int
    at: datetime
    waited: bool
    selection: Selection


class Unknown(LookupError):
    """A row that a pool's turns need was not given."""


def coming_turns(
    team: Team, pool: Pool, loads: Mapping[str, Load], counts: Mapping[str, Counts], need: Need
) -> Iterator[Turn]:
    """The coming turns, as if leads came one after the other at `need.at`; when nobody is left, from when somebody is.

    Each dealt lead counts for caps and open leads as a real one does. Ends when nobody ever can again by time alone.
    The given rows stay as they are.
    """
    members, pools = {m: Load() for m in pool.weights}, {pool.id: Counts()}
    draft = Draft(Roster(Unknown, {**members, **loads}, {**pools, **counts}))
    number, waited = 1, False
    while True:
        considered = consider(pool, team.members, draft, need)
        selection = select(pool, considered, draft, skills=need.skills)
        if selection.winner is None:
            later = earliest(considered, need)
            if later is None or later <= need.at:
                return
            need, waited = replace(need, at=later), True
            continue
        winner = team.members[selection.winner]
        draft.received(
            winner.id, counted(draft.load(winner.id).assigned, winner.days, need.at, need.segments), opened=1
        )
        yield Turn(number, need.at, waited, selection)
        number, waited = number + 1, False
