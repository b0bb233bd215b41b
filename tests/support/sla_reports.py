"""Events of the monitor as the report reads them."""

from collections.abc import Iterable
from datetime import datetime

from leadline_schemas.codec import decode, encode
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.core.register import Register
from leadline_sla_monitor.core.told_of import ToldOf
from leadline_sla_monitor.sla_commands.reporting import TOLD


def as_read(events: Iterable[LeadSla]) -> list[ToldOf]:
    """As they stand in the log."""
    return [decode(TOLD, encode(LEAD_SLA, each)) for each in events]


def folded(events: Iterable[ToldOf], since: datetime) -> Register:
    """The register of them."""
    register = Register(since)
    for each in events:
        register.take(each)
    return register
