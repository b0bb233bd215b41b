"""Which facts are personal: by the marks of the schemas."""

from functools import cache

from leadline_runtime.masking import MASK, masked
from leadline_schemas.lead import Lead
from leadline_score.core.known import FACT_FIELDS


@cache
def personal_facts() -> tuple[str, ...]:
    """The facts that rules may ask whose values the schema of a lead marks as personal."""
    names = sorted(FACT_FIELDS & set(Lead.model_fields))
    return tuple(name for name in names if masked(Lead, {name: "said"})[name] == MASK)
