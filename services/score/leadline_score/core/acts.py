"""The set of a lead's acts: those its snapshot holds and those read since, united by id (loop, section 1)."""

from collections.abc import Iterable
from datetime import datetime
from heapq import nlargest
from operator import attrgetter
from uuid import UUID

from leadline_schemas.activity import Activity
from leadline_score.core.overrides import kept_orders

_WHEN, _ID, _ORIGIN = attrgetter("occurred_at"), attrgetter("id.int"), attrgetter("origin.int")
LIMIT = 500  # newest by occurred_at


def unite(first: Iterable[Activity], second: Iterable[Activity]) -> list[Activity]:
    """All acts, each id once; what stands in `first` wins."""
    found: dict[int, Activity] = {}
    for acts in (second, first):
        held = list(acts)
        found.update(zip(map(_ID, held), held, strict=True))
    return list(found.values())


def of_lead(acts: Iterable[Activity], names: Iterable[UUID]) -> list[Activity]:
    """The acts that were first resolved to one of the lead's own ids; others wait for their merge (loop, section 7)."""
    own = {name.int for name in names}
    held = list(acts)
    return [act for act, origin in zip(held, map(_ORIGIN, held), strict=True) if origin in own]


def newest(acts: list[Activity], limit: int = LIMIT) -> tuple[list[Activity], bool]:
    """At most `limit` acts, the newest, ties by id; and whether any had to go.

    Overrides that may still count are kept beside them: a busy lead must not lose what a person set.
    """
    if len(acts) <= limit:
        return acts, False
    orders = orders_in(acts)
    others = [act for act in acts if act.override is None] if orders else acts
    return [*_newest(others, limit), *kept_orders(orders)], len(others) > limit


def _newest(acts: list[Activity], limit: int) -> list[Activity]:
    if len(acts) <= limit:
        return sorted(acts, key=_when_and_id, reverse=True)
    by_time = nlargest(limit + 1, acts, key=_WHEN)
    edge = by_time[limit - 1].occurred_at
    tied = by_time[limit].occurred_at == edge  # ids are looked at only where they decide who stays
    kept = [act for act in acts if act.occurred_at >= edge] if tied else by_time[:limit]
    return sorted(kept, key=_when_and_id, reverse=True)[:limit]


def _when_and_id(act: Activity) -> tuple[datetime, int]:
    return act.occurred_at, act.id.int


def orders_in(acts: Iterable[Activity]) -> list[Activity]:
    """The overrides among a lead's acts."""
    return [act for act in acts if act.override is not None]
