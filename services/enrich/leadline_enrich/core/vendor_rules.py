"""The compiled rules of one vendor's interface."""

from datetime import timedelta

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.vendor_answer import AnswerRules, Expression
from leadline_enrich.core.vendor_request import Template
from leadline_runtime.core.breaker import BreakerPolicy
from leadline_runtime.core.rates import Rate
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """budget_s: for one question, waiting and all tries included; try_s: for one try. at_once: requests at a time.

    rate: of all instances together. most_bytes: of one answer, unpacked.
    """

    budget_s: float
    try_s: float
    tries: int
    at_once: int
    rate: Rate | None
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Batch:
    """So many questions in one request at most, having waited `wait_s` for company.

    items: where the list of answers stands; key: the input by which each names its question, and where it names it.
    """

    size: int
    wait_s: float
    items: Expression
    key: tuple[str, Expression]


@dataclass(frozen=True, slots=True)
class VendorRules:
    """One vendor: what he is asked, how his answers are read, how long they are kept. digest: of all of this."""

    name: str
    title: str
    template: Template
    answer: AnswerRules
    not_found: frozenset[int]
    limits: Limits
    breaker: BreakerPolicy
    found_for: timedelta
    not_found_for: timedelta
    digest: str
    batch: Batch | None = None

    @property
    def fields(self) -> frozenset[str]:
        """What he may say."""
        return frozenset(field.name for field in self.answer.fields)

    @property
    def inputs(self) -> frozenset[str]:
        """What he is told."""
        return self.template.inputs

    def kept_for(self, answer: Answer) -> timedelta | None:
        """How long an answer may be given again."""
        if answer.status == "found":
            return self.found_for
        return self.not_found_for if answer.status == "not_found" else None
