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
    held: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Every notice given is in exactly one of the three: it goes out by itself, within one digest, or not yet."""

    single: tuple[UUID, ...] = ()
    digest: tuple[UUID, ...] = ()
    held: tuple[UUID, ...] = ()


def room(gone: Sequence[datetime], rules: DigestRules, now: datetime) -> int:
    """How many may go out now. `gone`: when notices and digests to the same recipient went out (now: on its way)."""
    return max(0, rules.after - sum(at > now - rules.within for at in gone))


def plan(room: int, waiting: Sequence[Waiting]) -> Plan:
    """What goes out of what waits, given in the order in which it is to be told."""
    order = tuple(each.id for each in waiting)
    if room <= 0:
        return Plan(held=order)
    if any(each.held for each in waiting):  # its time is over: all that is there by now goes in one
        return Plan(single=order) if len(order) == 1 else Plan(digest=order)
    return Plan(single=order[:room], held=order[room:])
