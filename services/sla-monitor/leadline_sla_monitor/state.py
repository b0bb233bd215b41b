"""The monitor's state of one lead as bytes."""

from leadline_runtime.json_body import JsonBody
from leadline_sla_monitor.core.known import Known

NOTHING = Known()
CODEC = JsonBody(Known, "sla-monitor's state")
