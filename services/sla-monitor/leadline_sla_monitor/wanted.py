"""Which records the monitor decodes at all, by their CloudEvents type."""

from leadline_schemas.topics import BY_ITSELF, LEAD_ACTIVITY, LEAD_ROUTED, LET_GO, is_by_itself
from leadline_sla_monitor.core.life import NO_ACT


def wants(event_type: str) -> bool:
    """Not what a lead does by itself where the snapshot holds it, or what is no act of its own: else it ends a silence.
    Nor that nobody has it any more for the reason that the snapshot tells."""
    return event_type != GONE and (not is_by_itself(event_type) or event_type in HEARD)


GONE = f"{LEAD_ROUTED.event_type}{LET_GO}"
HEARD = frozenset(f"{LEAD_ACTIVITY.event_type}.{kind}" for kind in BY_ITSELF if kind not in NO_ACT)
