"""What notify keeps of a lead as bytes."""

from leadline_notify.core.known import Known
from leadline_runtime.json_body import JsonBody

CODEC = JsonBody(Known, "notify's state")
