"""The wiring of the step."""

from leadline_runtime.step import Step
from leadline_schemas.topics import ATTACHED, LEAD_ACTIVITY, LEAD_SCORED
from leadline_schemas.views import ENRICHED_SEEN
from leadline_score.decide import decide
from leadline_score.metrics import ScoreMetrics
from leadline_score.migrations import OWN
from leadline_score.rescoring import rescoring
from leadline_score.review_list import ReviewStore
from leadline_score.rules import SPEC
from leadline_score.state import BodyCodec


def wants(event_type: str) -> bool:
    """Not the acts that the snapshot told with them holds too."""
    return not event_type.endswith(ATTACHED)


STEP = Step(
    name="score",
    reads=(ENRICHED_SEEN, LEAD_ACTIVITY),
    writes=(LEAD_SCORED,),
    decide=decide,
    body=BodyCodec(),
    rules=SPEC,
    store=ReviewStore(),
    migrations=OWN,
    beside=(rescoring,),
    wants=wants,
    measure=ScoreMetrics().measure,
)
