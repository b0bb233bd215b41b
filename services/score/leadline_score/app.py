"""The wiring of the step."""

from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED, LEAD_SCORED
from leadline_score.decide import decide
from leadline_score.metrics import ScoreMetrics
from leadline_score.rules import SPEC
from leadline_score.state import BodyCodec

STEP = Step(
    name="score",
    reads=(LEAD_ENRICHED, LEAD_ACTIVITY),
    writes=(LEAD_SCORED,),
    decide=decide,
    body=BodyCodec(),
    rules=SPEC,
    measure=ScoreMetrics().measure,
)
