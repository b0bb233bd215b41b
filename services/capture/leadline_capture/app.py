"""Capture's step, wired."""

from leadline_capture.adapt import adapt
from leadline_capture.decide import decide, rejected
from leadline_capture.metrics import measure
from leadline_capture.rules import SPEC
from leadline_capture.state import LeadCodec
from leadline_capture.store import CaptureStore
from leadline_capture.tables import MIGRATIONS
from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_RECEIVED

STEP = Step(
    name="capture",
    reads=(LEAD_RECEIVED,),
    writes=(LEAD_CAPTURED, LEAD_ACTIVITY),
    decide=decide,
    body=LeadCodec(),
    rules=SPEC,
    store=CaptureStore(),
    adapt=adapt,
    migrations=MIGRATIONS,
    measure=measure,
    rejected=rejected,
)
