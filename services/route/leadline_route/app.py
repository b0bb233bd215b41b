"""Route, wired: scorecards, acts, lapsed owner clocks and steps of ladders in, owned leads out."""

from leadline_route.beside import BESIDE
from leadline_route.core.snapshot import READS, wants
from leadline_route.decide import decide
from leadline_route.metrics import RouteMetrics
from leadline_route.rules import SPEC
from leadline_route.state import BodyCodec
from leadline_route.store import MIGRATIONS, RouteStore
from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ROUTED

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
