"""Leads that wait for somebody: until when, in which order they are given, and who must not take them all (B4.5)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from leadline_route.core.candidates import Considered, Need, available_from
from leadline_route.core.roster import Counts
from leadline_route.core.team import Pool
from leadline_runtime.core.values import dataclass

# No clock moves a lead in a queue. It has an alarm all the same, renewed whenever it rings: by their alarms a claim
# finds the leads that wait (leadline_runtime.step.Gauges).
QUEUED_LOOK = timedelta(days=7)
_TOTALS = 101  # 0..100
_MINUTES = 6_000  # over four days: no first promise of a held lead is further away


def earliest(considered: Iterable[Considered], need: Need) -> datetime | None:
    """When the first of these members could receive the lead; None: not by time alone."""
    found = [at for each in considered if (at := available_from(each.member, each.load, need)) is not None]
    return min(found, default=None)


def alarm(until: datetime, first_due: datetime, total: float) -> datetime:
    """When a held lead is looked at again: at `until`, within its first second.

    Leads are released in order of first due, total (higher first), capture time and id, although they live in
    different batches. Alarms ring in the order of their instants, then of the lead ids, which begin with the capture
    time: so the fraction of a second says the rest, a microsecond per minute to the due time and point of the total.
    """
    minutes = (first_due - until) // timedelta(minutes=1)
    rank = min(max(minutes, 0), _MINUTES) * _TOTALS + 100 - min(max(int(total), 0), 100)
    return until + timedelta(microseconds=rank)


@dataclass(frozen=True, slots=True)
class EarlyBird:
    """The guard while some of a pool are there and others start soon, until all are there at `until`.

    `waiting` are those here who have their part of the held leads; `given` counts what each got so far.
    """

    until: datetime
    next_start: datetime
    given: Mapping[str, int]
    waiting: frozenset[str]

    def after(self, counts: Counts, winner: str) -> Counts:
        """The pool's row after `winner` got one more."""
        given = {**self.given, winner: self.given.get(winner, 0) + 1}
        return replace(counts, early_until=self.until, early=given)


def early_bird(
    pool: Pool, considered: Sequence[Considered], counts: Counts, need: Need, within: timedelta
) -> EarlyBird | None:
    """Who of those here must leave the rest of the held leads to those who start within `within`; None: no guard.

    Each gets at most ceil(held x own weight / weights of all due), where held counts those already given too.
    """
    here = [each.member.id for each in considered if each.reason is None]
    soon: dict[str, datetime] = {}
    for each in considered:
        if each.reason in ("off_shift", "absent"):
            start = available_from(each.member, each.load, need)
            if start is not None and start - need.at <= within:
                soon[each.member.id] = start
    if not here or not soon:
        return None
    until = max(soon.values())
    given = counts.early if counts.early_until == until else {}
    held = counts.held + sum(given.values())
    whole = sum(pool.weights[member] for member in (*here, *soon))
    waiting = frozenset(m for m in here if given.get(m, 0) >= -(-held * pool.weights[m] // whole))
    return EarlyBird(until, min(soon.values()), given, waiting)
