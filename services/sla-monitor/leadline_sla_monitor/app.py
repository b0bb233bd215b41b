"""The SLA monitor, declared."""

from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_SLA, LEAD_STAGE
from leadline_schemas.views import CAPTURED_WATCHED, ROUTED_WATCHED
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.decide import decide
from leadline_sla_monitor.metrics import SlaMetrics
from leadline_sla_monitor.overdue import MIGRATIONS, OverdueStore, PostgresOverdue
from leadline_sla_monitor.rules import SPEC
from leadline_sla_monitor.state import CODEC
from leadline_sla_monitor.wanted import wants

METRICS = SlaMetrics()

STEP: Step[Known] = Step(
    name="sla-monitor",
    reads=(CAPTURED_WATCHED, ROUTED_WATCHED, LEAD_ACTIVITY),
    writes=(LEAD_SLA, LEAD_STAGE),
    decide=decide,
    body=CODEC,
    rules=SPEC,
    store=OverdueStore(PostgresOverdue()),
    migrations=MIGRATIONS,
    wants=wants,
    judges=True,
    measure=METRICS.measure,
    gauges=METRICS,
    rules_in_force=METRICS.rules_in_force,
)
