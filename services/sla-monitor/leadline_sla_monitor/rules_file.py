"""`sla.yaml` as people write it: read strictly, every field named."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from leadline_runtime.durations import Duration, Unbounded, Wait, at_most
from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import ClockMode, Escalation, RouteOutcome
from leadline_sla_monitor.core.acts import Answer
from leadline_sla_monitor.rules_examples import Example

FILE, CALENDARS = "sla.yaml", "calendars.yaml"
Pauser = Literal["lead", "person", "manager", "machine"]
ReasonWord = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Role = Literal["owner", "manager"]
Answers = Annotated[tuple[Answer, ...], Field(min_length=1)]


class RungRules(RulesModel):
    """One step of a ladder: at which percent of the open time, who is told, what is to become of the lead."""

    at: Annotated[int, Field(ge=1, le=10_000)]
    tell: tuple[Role, ...] = ()
    then: Escalation | None = None


class TargetRules(RulesModel):
    """One promise: within how long, in which time, answered by what."""

    within: Wait
    mode: ClockMode = "working"
    answered_by: Answers
    answered_in_nurture_by: tuple[Answer, ...] = ()
    calendar: str = "territory"
    start: Literal["act", "event_end"] = "act"
    tell: tuple[Role, ...] | None = None
    ladder: tuple[RungRules, ...] | None = None
    pause: frozenset[str] | None = None


class PolicyRules(RulesModel):
    """One row: for whom, what, and after how long the owner loses the lead."""

    name: str
    when: dict[str, Any] = {}
    outcomes: frozenset[RouteOutcome] = frozenset({"person", "queue", "held"})
    targets: Annotated[dict[str, TargetRules], Field(min_length=1)]
    ladder: tuple[RungRules, ...] | None = None
    reassign_after: Wait | None = None


class CycleRules(RulesModel):
    """When a new request opens a new promise, and when a lead added by hand was spoken to before."""

    reopen_after: Duration
    pre_contacted: Duration


class PausesRules(RulesModel):
    """Which pauses there are, who may order one, and how long it may last. A file that says nothing has these."""

    longest: Annotated[int, Field(ge=1, le=30)] = 3
    told_within: Duration = timedelta(hours=1)
    reasons: dict[ReasonWord, frozenset[Pauser]] = {
        "call_me_after": frozenset({"lead", "person"}),
        "pending_opt_in": frozenset({"person", "machine"}),
        "manager": frozenset({"manager"}),
    }
    owner_clock: frozenset[str] = frozenset()


class SlaFile(RulesModel):
    """The whole file."""

    version: str | int | float | date
    decision_within: Wait
    grace: Annotated[Unbounded, at_most(timedelta(days=1))]
    warnings: tuple[Annotated[int, Field(gt=0, lt=100)], ...] | None = None
    ladder: tuple[RungRules, ...] | None = None
    cycles: CycleRules
    pauses: PausesRules = PausesRules()
    policies: Annotated[tuple[PolicyRules, ...], Field(min_length=1)]
    added: tuple[PolicyRules, ...] = ()
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]
