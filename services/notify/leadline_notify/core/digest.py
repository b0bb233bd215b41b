"""When many notices are due for one recipient: after some in a short time the rest is collected into one (a digest)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from leadline_notify.core.book import DigestRules
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that is due; `held`: it was held back before, because many had gone out."""

    id: UUID
    due_at: datetime
    held: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Every notice given is in exactly one of the three: it goes out by itself, within one digest, or not yet."""

    single: tuple[UUID, ...] = ()
    digest: tuple[UUID, ...] = ()
    held: tuple[UUID, ...] = ()


def plan(gone: Sequence[datetime], waiting: Sequence[Waiting], rules: DigestRules, now: datetime) -> Plan:
    """`gone`: when notices and digests to the same recipient went out lately."""
    order = tuple(each.id for each in sorted(waiting, key=lambda each: (each.due_at, each.id)))
    room = rules.after - sum(at > now - rules.within for at in gone)
    if room <= 0:
        return Plan(held=order)
    if any(each.held for each in waiting):  # its time is over: all that is there by now goes in one
        return Plan(single=order) if len(order) == 1 else Plan(digest=order)
    return Plan(single=order[:room], held=order[room:])
