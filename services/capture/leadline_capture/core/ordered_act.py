"""What a person orders about one lead that is told as an act of it, for the step that it concerns to decide."""

from datetime import datetime
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_schemas.commands import CommandPayload


@dataclass(frozen=True, slots=True)
class OrderedAct:
    """An order about `lead_id`, which may be part of another by now. `outcome`: what is kept of it once it is told."""

    act: Activity
    outcome: str

    @property
    def lead_id(self) -> UUID:
        """The lead it names."""
        return self.act.origin

    @property
    def leads(self) -> tuple[UUID, ...]:
        """The leads that it names."""
        return (self.lead_id,)


def ordered_at(payload: CommandPayload, received_at: datetime) -> datetime:
    """When it was ordered: no order is of the future."""
    return min(payload.occurred_at or received_at, received_at)
