"""Capture's own metrics, counted from events whose batch is committed and published."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import Counter

from leadline_capture.core.spam import QUARANTINE_REASONS
from leadline_runtime.decision import Emit
from leadline_schemas.captured import LeadCaptured

CAPTURED = Counter("leadline_leads_captured", "Submissions that became or joined a lead", ["source", "outcome"])
QUARANTINED = Counter("leadline_quarantined", "Submissions kept apart", ["reason"])
LATE = Counter(
    "leadline_late_submissions", "Submissions whose own time is not believed or too old for a clock", ["flag"]
)
FLAGS = ("future_time", "too_late")
# The first of a kind is a step from 0 and not a new series.
for _reason in QUARANTINE_REASONS:
    QUARANTINED.labels(_reason)
for _flag in FLAGS:
    LATE.labels(_flag)


def measure(events: Sequence[Emit[Any]]) -> None:
    """Count. A test submission appears only as quarantined (rules B1.11)."""
    for emit in events:
        event = emit.event
        if not isinstance(event, LeadCaptured):
            continue
        if event.outcome == "quarantined" and event.quarantine is not None:
            QUARANTINED.labels(event.quarantine.reason).inc()
            if event.quarantine.reason == "test":
                continue
        CAPTURED.labels(event.lead.source, event.outcome).inc()
        for flag in FLAGS:
            if flag in event.notes:
                LATE.labels(flag).inc()
