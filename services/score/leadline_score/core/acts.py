"""The set of a lead's acts: those its snapshot holds and those read since, united by id (loop, section 1)."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

from leadline_schemas.activity import Activity
from leadline_score.core.overrides import kept_orders

_WHEN, _ID = attrgetter("occurred_at"), attrgetter("id.int")
LIMIT = 500  # newest by occurred_at


def acts_of_lead(
    held: Iterable[Activity], read: Iterable[Activity], names: Iterable[UUID]
) -> tuple[list[Activity], bool]:
    """What a lead is judged on: the newest of its own acts, and whether any had to go.

    `held`: those of its snapshot; `read`: those read since. Its own were first resolved to one of its `names`; others
    wait for their merge (loop, section 7).
    """
    own = {name.int for name in names}
    return newest([act for act in _by_id(held, read).values() if act.origin.int in own])


def unite(first: Iterable[Activity], second: Iterable[Activity]) -> list[Activity]:
    """All acts, each id once; what stands in `first` wins."""
    return list(_by_id(first, second).values())


def _by_id(first: Iterable[Activity], second: Iterable[Activity]) -> dict[int, Activity]:
    found = {act.id.int: act for act in second}
    for act in first:
        found[act.id.int] = act
    return found


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
    if len(acts) > limit:
        times = list(map(_WHEN, acts))
        edge = sorted(times)[-limit]  # the ids of what is older need not be looked at
        acts = [act for act, at in zip(acts, times, strict=True) if at >= edge]
    by_id = sorted(acts, key=_ID, reverse=True)  # apart: a pair to sort by for each act costs more than a second sort
    return sorted(by_id, key=_WHEN, reverse=True)[:limit]


def orders_in(acts: Iterable[Activity]) -> list[Activity]:
    """The overrides among a lead's acts."""
    return [act for act in acts if act.override is not None]
