"""What enrich found out can be asked by conditions of the scoring rules, under the same names."""

from leadline_runtime.core.conditions import compile_condition
from leadline_schemas.enriched import Effective
from leadline_score.core.known import FACT_FIELDS, known
from tests.unit.score.test_decide import known as enriched

FOUND = {
    "seniority": "head",
    "function": "procurement",
    "size_band": "50-999",
    "industry_band": "target",
    "first_touch_channel": "paid_search",
    "last_touch_channel": "email",
}


def test_every_fact_that_may_be_asked_is_answered() -> None:
    assert set(known(enriched())) == FACT_FIELDS


def test_what_the_chain_found_is_asked_by_its_names() -> None:
    event = enriched().model_copy(update={"effective": Effective.model_validate(FOUND)})
    values = known(event)
    assert {name: values[name] for name in FOUND} == FOUND
    condition = compile_condition(
        {"seniority": {"in": ["c_level", "head"]}, "industry_band": "target"}, FACT_FIELDS, "scoring.yaml", "when"
    )
    assert condition.holds(values)
    assert not condition.holds(known(enriched()))
