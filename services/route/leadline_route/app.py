"""Route, wired: scorecards, acts, lapsed owner clocks and steps of ladders in, owned leads out."""

from leadline_route.beside import BESIDE
from leadline_route.core.snapshot import READS
from leadline_route.decide import decide
from leadline_route.metrics import RouteMetrics
from leadline_route.rules import SPEC
from leadline_route.state import BodyCodec
from leadline_route.store import MIGRATIONS, RouteStore
from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ROUTED, LEAD_SLA, is_by_itself

LAPSED, ESCALATED = f"{LEAD_SLA.event_type}.lapsed", f"{LEAD_SLA.event_type}.escalated"


def wants(event_type: str) -> bool:
    """Of the monitor's events lapsed clocks and steps of ladders, of activities not what a lead does by itself."""
    if event_type.startswith(LEAD_SLA.event_type):
        return event_type in (LAPSED, ESCALATED)
    return not is_by_itself(event_type)


METRICS = RouteMetrics()


STEP = Step(
    name="route",
    reads=READS,
    writes=(LEAD_ROUTED,),
    decide=decide,
    body=BodyCodec(),
    rules=SPEC,
    store=RouteStore(),
    wants=wants,
    migrations=MIGRATIONS,
    measure=METRICS.measure,
    gauges=METRICS,
    beside=BESIDE,
)
