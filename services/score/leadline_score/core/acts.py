"""The set of a lead's acts: those its snapshot holds and those read since, united by id (loop, section 1)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from leadline_schemas.activity import Activity
from leadline_score.core.overrides import kept_orders

_WHEN, _ID = attrgetter("occurred_at"), attrgetter("id.int")
LIMIT = 500  # newest by occurred_at


def acts_of_lead(
    held: Sequence[Activity], read: Sequence[Activity], names: Iterable[UUID], limit: int = LIMIT
) -> tuple[list[Activity], bool]:
    """What a lead is judged on: the newest of its own acts, and whether any had to go.

    `held`: those of its snapshot, which win; `read`: those read since. Its own were first resolved to one of its
    `names`; others wait for their merge (loop, section 7).
    """
    own = {name.int for name in names}
    if len(held) + len(read) <= limit:
        return [act for act in _by_id(held, read).values() if act.origin.int in own], False
    known = {act.id.int for act in held} if read else set[int]()
    acts = [*[act for act in read if act.id.int not in known], *held]
    orders = [act for act in _by_id(orders_in(acts), ()).values() if act.origin.int in own]
    kept, cut = _newest(acts, limit, own)
    few = not cut and len(kept) + len(orders) <= limit
    return [*kept, *(orders if few else kept_orders(orders))], cut


def unite(first: Iterable[Activity], second: Iterable[Activity]) -> list[Activity]:
    """All acts, each id once; what stands in `first` wins."""
    return list(_by_id(first, second).values())


def _by_id(first: Iterable[Activity], second: Iterable[Activity]) -> dict[int, Activity]:
    found = {act.id.int: act for act in second}
    for act in first:
        found[act.id.int] = act
    return found


def newest(acts: list[Activity], limit: int = LIMIT) -> tuple[list[Activity], bool]:
    """At most `limit` of these acts, the newest, ties by id; and whether any had to go.

    Overrides that may still count are kept beside them: a busy lead must not lose what a person set.
    """
    if len(acts) <= limit:
        return acts, False
    kept, cut = _newest(acts, limit, None)
    return [*kept, *kept_orders(orders_in(acts))], cut


def _newest(acts: list[Activity], limit: int, own: set[int] | None) -> tuple[list[Activity], bool]:
    """Of all but the overrides, each id once; `own`: only those with such an origin. Of what is older than the last one
    that stays, neither id nor origin is looked at.
    """
    found: dict[int, Activity] = {}
    edge: datetime | None = None
    for act in sorted(acts, key=_WHEN, reverse=True):
        if edge is not None and act.occurred_at < edge:
            break
        if act.override is None and (own is None or act.origin.int in own):
            found[act.id.int] = act
            if edge is None and len(found) > limit:
                edge = act.occurred_at
    by_id = sorted(found.values(), key=_ID, reverse=True)  # apart: a pair for each act costs more than a second sort
    return sorted(by_id, key=_WHEN, reverse=True)[:limit], len(found) > limit


def orders_in(acts: Iterable[Activity]) -> list[Activity]:
    """The overrides among a lead's acts."""
    return [act for act in acts if act.override is not None]
