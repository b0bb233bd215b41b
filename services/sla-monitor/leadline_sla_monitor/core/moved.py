"""What one lead's custodian hands to another: requests, acts, promises (loop, section 7)."""

from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_sla_monitor.core.acts import Act
from leadline_sla_monitor.core.asked import Asked
from leadline_sla_monitor.core.calendar_order import CalendarOrder
from leadline_sla_monitor.core.life import Life, Move
from leadline_sla_monitor.core.managers import Manager
from leadline_sla_monitor.core.promise import Promise


@dataclass(frozen=True, slots=True)
class Moved:
    """Of each origin names itself: in a message nothing is the addressee's own. `opened` are the cycles with promises;
    `merged_at`: when the lead became part of another (None: it was taken out of it); `managers`: who was one of it;
    `calendar_order`: the one by which its promises are yet to be counted."""

    asked: tuple[Asked, ...] = ()
    acts: tuple[Act, ...] = ()
    promises: tuple[Promise, ...] = ()
    opened: tuple[tuple[UUID, int], ...] = ()
    merged_at: datetime | None = None
    managers: tuple[Manager, ...] = ()
    life: Life = Life()
    calendar_order: CalendarOrder | None = None

    @property
    def is_empty(self) -> bool:
        """Is there nothing to hand over?"""
        return not (self.asked or self.acts or self.promises or self.life.moves)

    @property
    def origins(self) -> frozenset[UUID]:
        """Where it all comes from."""
        things: tuple[Asked | Act | Promise | Move, ...] = (*self.asked, *self.acts, *self.promises, *self.life.moves)
        return frozenset(each.origin for each in things if each.origin is not None)
