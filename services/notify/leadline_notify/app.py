"""Notify, wired: routed leads, what became of promises, whose leads are silent in; notices to people out."""

from leadline_notify.beside import BESIDE
from leadline_notify.core.telling import SLA_KINDS, STALE
from leadline_notify.decide import decide
from leadline_notify.metrics import METRICS
from leadline_notify.rules import SPEC
from leadline_notify.state import CODEC
from leadline_notify.store import MIGRATIONS, NotifyStore
from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_SLA, LEAD_STAGE
from leadline_schemas.views import ROUTED_TOLD


def wants(event_type: str) -> bool:
    """Of the monitor's events those that concern people."""
    if event_type.startswith(LEAD_STAGE.event_type):
        return event_type.removeprefix(f"{LEAD_STAGE.event_type}.") == STALE
    if event_type.startswith(LEAD_SLA.event_type):
        return event_type.removeprefix(f"{LEAD_SLA.event_type}.") in SLA_KINDS
    return True  # of lead.routed all


STEP = Step(
    name="notify",
    reads=(ROUTED_TOLD, LEAD_SLA, LEAD_STAGE),
    writes=(),
    decide=decide,
    body=CODEC,
    rules=SPEC,
    store=NotifyStore(METRICS),
    wants=wants,
    migrations=MIGRATIONS,
    beside=BESIDE,
)
