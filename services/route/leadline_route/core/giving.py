"""Giving one lead to a member of a pool; if nobody is available: hold, manager or queue."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from leadline_route.core.candidates import Considered, Need, available_from, consider
from leadline_route.core.hold import EarlyBird, early_bird
from leadline_route.core.later import Later
from leadline_route.core.prospect import Prospect
from leadline_route.core.roster import Draft
from leadline_route.core.rulebook import Nobody
from leadline_route.core.ruling import Ruling
from leadline_route.core.selection import Selection, select
from leadline_route.core.team import Pool
from leadline_route.core.words import clock
from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate

Wait = tuple[datetime, str]  # when somebody of which pool could take it


@dataclass(frozen=True, slots=True)
class Situation:
    """What is true of the lead at this moment besides its snapshot.

    `excluded`: whom it must not go to, and why. `held`: it waits already, so the early-bird guard applies.
    `among_people`: a person let it go, so only rules that give it to people are asked. `may_hold`: it may wait.
    """

    at: datetime
    excluded: Mapping[str, str] = field(default_factory=dict)
    held: bool = False
    among_people: bool = False
    may_hold: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """The pools to try in order, the skills needed, and what happens if nobody is there."""

    rule: str
    pools: tuple[Pool, ...]
    skills: frozenset[str]
    nobody: Nobody
    covering_for: str | None = None
    reason: str | None = None


def give(prospect: Prospect, offer: Offer, situation: Situation, draft: Draft) -> Ruling:
    """Deal the lead in the first pool with somebody available; note the move in `draft`."""
    need = Need(situation.at, offer.skills, situation.excluded, prospect.segments)
    looked_at: tuple[Candidate, ...] = ()
    waits: list[Wait] = []
    for pool in offer.pools:
        considered = consider(pool, prospect.book.team.members, draft, need)
        guard = _guard(prospect, pool, considered, situation, draft) if situation.held else None
        selection = select(pool, considered, draft, guard.waiting if guard else (), offer.skills)
        if selection.winner is not None:
            if guard is not None:
                draft.count(pool.id, guard.after(draft.counts(pool.id), selection.winner))
            return _given(offer, pool, selection, looked_at)
        waits += _waits(pool, considered, need, guard)
        looked_at = (*looked_at, *_named(pool, selection.candidates, several=len(offer.pools) > 1))
    return _nobody(offer, situation, looked_at, min(waits, default=None))


def _guard(
    prospect: Prospect, pool: Pool, considered: Sequence[Considered], situation: Situation, draft: Draft
) -> EarlyBird | None:
    need = Need(situation.at, excluded=situation.excluded, segments=prospect.segments)
    guard = early_bird(pool, considered, draft.counts(pool.id), need, prospect.book.early_bird)
    if guard is not None and prospect.first_due(situation.at) < guard.until:
        return None  # due before the others start: whoever is there takes it
    return guard


def _waits(pool: Pool, considered: Sequence[Considered], need: Need, guard: EarlyBird | None) -> list[Wait]:
    starts = [available_from(each.member, each.load, need) for each in considered]
    later = [(start, pool.id) for start in starts if start is not None and start > need.at]
    return [*later, (guard.next_start, pool.id)] if guard is not None else later


def _named(pool: Pool, candidates: Sequence[Candidate], *, several: bool) -> tuple[Candidate, ...]:
    """Candidates of a pool that had nobody, told apart from those of the next one."""
    if not several:
        return tuple(candidates)
    return tuple(each.model_copy(update={"why": f"{pool.id}: {each.why}"}) for each in candidates)


def _given(offer: Offer, pool: Pool, selection: Selection, looked_at: tuple[Candidate, ...]) -> Ruling:
    return Ruling(
        "person",
        offer.rule,
        owner=selection.winner,
        pool=pool.id,
        manager=pool.manager,
        reason=offer.reason,
        covering_for=offer.covering_for,
        candidates=Later(lambda: (*looked_at, *selection.candidates)) if looked_at else selection.candidates,
        before=selection.before,
        after=selection.after,
        move=selection.move,
    )


def _nobody(offer: Offer, situation: Situation, candidates: tuple[Candidate, ...], wait: Wait | None) -> Ruling:
    first, limit = offer.pools[0], offer.nobody.hold_up_to if situation.may_hold else timedelta(0)
    until = f" until {clock(wait[0], situation.at)}" if wait is not None else ", and no time is known when"
    why = f"nobody available in {' or '.join(pool.id for pool in offer.pools)}{until}"
    if offer.reason:
        why = f"{offer.reason}; {why}"
    ruling = Ruling(
        "queue", offer.rule, pool=first.id, manager=first.manager, covering_for=offer.covering_for,
        candidates=candidates,
    )  # fmt: skip
    if wait is not None and wait[0] - situation.at <= limit:
        return replace(ruling, outcome="held", pool=wait[1], held_until=wait[0], reason=f"{why}: held until then")
    if limit and wait is not None:
        why += f", longer than the {limit // timedelta(hours=1)} h that a lead is held"
    if offer.nobody.then == "queue" or first.manager is None:
        return replace(ruling, reason=f"{why}: queued")
    return replace(
        ruling, outcome="person", owner=first.manager, escalated=True, reason=f"{why}: to {first.manager}, the manager"
    )
