"""Enrich, wired: captured leads in, enriched leads out."""

from leadline_enrich.decide import decide
from leadline_enrich.facts import ProviderFacts
from leadline_enrich.metrics import measure
from leadline_enrich.rules import SPEC
from leadline_enrich.state import BodyCodec
from leadline_runtime.step import Step
from leadline_schemas.topics import LEAD_ENRICHED
from leadline_schemas.views import CAPTURED_LOOKED_UP

STEP = Step(
    name="enrich",
    reads=(CAPTURED_LOOKED_UP,),
    writes=(LEAD_ENRICHED,),
    decide=decide,
    body=BodyCodec(),
    rules=SPEC,
    facts=ProviderFacts(),
    measure=measure,
)
