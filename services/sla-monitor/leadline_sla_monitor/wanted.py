"""Which records the monitor decodes at all, by their CloudEvents type."""

from leadline_schemas.topics import BY_ITSELF, LEAD_ACTIVITY, LEAD_ROUTED, TURN_RETURNED, is_by_itself
from leadline_sla_monitor.core.life import NO_ACT


def wants(event_type: str) -> bool:
    """Not what a lead does by itself where the snapshot holds it, or what is no act of its own: else it ends a silence.
    Nor whose turn was given back."""
    return event_type != RETURNED and (not is_by_itself(event_type) or event_type in HEARD)


RETURNED = f"{LEAD_ROUTED.event_type}{TURN_RETURNED}"
HEARD = frozenset(f"{LEAD_ACTIVITY.event_type}.{kind}" for kind in BY_ITSELF if kind not in NO_ACT)
