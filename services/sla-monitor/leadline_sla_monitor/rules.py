"""`sla.yaml`: what is promised to whom. Read strictly, checked by its own examples."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from leadline_runtime.calendars import build_calendars
from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.shadowing import Row, never
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse
from leadline_schemas.vocabulary import ClockMode, RouteOutcome
from leadline_sla_monitor.core.acts import Answer
from leadline_sla_monitor.core.policy import FIELDS, PauseRules, Policy, SlaRules, Target
from leadline_sla_monitor.rules_examples import Example, check_examples

FILE, CALENDARS = "sla.yaml", "calendars.yaml"
Pauser = Literal["lead", "person", "manager", "machine"]
ReasonWord = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Answers = Annotated[tuple[Answer, ...], Field(min_length=1)]


class TargetRules(RulesModel):
    """One promise: within how long, in which time, answered by what."""

    within: Duration
    mode: ClockMode = "working"
    answered_by: Answers
    answered_in_nurture_by: tuple[Answer, ...] = ()
    calendar: str = "territory"
    start: Literal["act", "event_end"] = "act"
    tell: tuple[Literal["owner", "manager"], ...] = ("owner", "manager")
    pause: frozenset[str] | None = None


class PolicyRules(RulesModel):
    """One row: for whom, what, and after how long the owner loses the lead."""

    name: str
    when: dict[str, Any] = {}
    outcomes: frozenset[RouteOutcome] = frozenset({"person", "queue", "held"})
    targets: Annotated[dict[str, TargetRules], Field(min_length=1)]
    reassign_after: Duration | None = None


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
    decision_within: Duration
    grace: Duration
    warnings: tuple[Annotated[int, Field(gt=0, lt=100)], ...]
    cycles: CycleRules
    pauses: PausesRules = PausesRules()
    policies: Annotated[tuple[PolicyRules, ...], Field(min_length=1)]
    added: tuple[PolicyRules, ...] = ()
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


def build(contents: Mapping[str, Any]) -> SlaRules:
    """The compiled rules. Raises RulesError for an unknown calendar, a name used twice, a failing example."""
    calendars = build_calendars(contents[CALENDARS], CALENDARS)
    file = parse(SlaFile, contents[FILE], FILE)
    if list(file.warnings) != sorted(set(file.warnings)):
        raise RulesError(FILE, "warnings", "must be percentages in ascending order, e.g. [50, 80]")
    _known(file.pauses.owner_clock, "pauses.owner_clock", file)
    rules = SlaRules(
        policies=_policies(file.policies, "policies", file, frozenset(calendars)),
        added=_policies(file.added, "added", file, frozenset(calendars)),
        calendars=calendars,
        default=calendars.default,
        calendars_digest=calendars.digest,
        decision_within=file.decision_within,
        grace=file.grace,
        reopen_after=file.cycles.reopen_after,
        pre_contacted=file.cycles.pre_contacted,
        warnings=file.warnings,
        pauses=PauseRules(
            reasons=dict(file.pauses.reasons),
            longest=file.pauses.longest,
            told_within=file.pauses.told_within,
            owner_clock=file.pauses.owner_clock,
        ),
    )
    if len(rules.by_name) < len(rules.policies) + len(rules.added):
        raise RulesError(FILE, "policies", "two have the same name; a promise is known by its policy's name")
    check_examples(FILE, file.examples, rules)
    return rules


def _known(reasons: frozenset[str], path: str, file: SlaFile) -> None:
    for reason in sorted(reasons - file.pauses.reasons.keys()):
        known = ", ".join(file.pauses.reasons)
        raise RulesError(FILE, path, f"names {reason}, which is none of the reasons in pauses: {known}")


def _policies(
    rows: tuple[PolicyRules, ...], path: str, file: SlaFile, calendars: frozenset[str]
) -> tuple[Policy, ...]:  # fmt: skip
    return tuple(_policy(row, f"{path}.{index}", file, calendars) for index, row in enumerate(rows))


def _policy(row: PolicyRules, path: str, file: SlaFile, calendars: frozenset[str]) -> Policy:
    if row.outcomes & {"parked", "disqualified"}:
        raise RulesError(FILE, f"{path}.outcomes", "nothing can be promised to a parked or disqualified lead")
    for name, target in row.targets.items():
        if target.calendar != "territory" and target.calendar not in calendars:
            known = ", ".join(sorted(calendars))
            raise RulesError(FILE, f"{path}.targets.{name}.calendar", f"is neither territory nor one of {known}")
        if not target.within:
            raise RulesError(FILE, f"{path}.targets.{name}.within", "must be longer than nothing, e.g. 5 min")
        _known(target.pause or frozenset(), f"{path}.targets.{name}.pause", file)
    return Policy(
        name=row.name,
        when=compile_condition(row.when, FIELDS, FILE, f"{path}.when"),
        outcomes=frozenset(row.outcomes),
        targets=tuple(_target(name, target) for name, target in row.targets.items()),
        reassign_after=row.reassign_after,
    )


def _target(name: str, rules: TargetRules) -> Target:
    return Target(
        name=name,
        within=rules.within,
        mode=rules.mode,
        answered_by=rules.answered_by,
        calendar=None if rules.calendar == "territory" else rules.calendar,
        nurture_answers=rules.answered_in_nurture_by,
        after_event=rules.start == "event_end",
        tell=rules.tell,
        pauses=rules.pause,
    )


def warnings(contents: Mapping[str, Any], rules: SlaRules) -> Sequence[RulesError]:
    """Policies that no request ever gets, in the order of the file."""
    policies = parse(SlaFile, contents[FILE], FILE).policies
    rows = [Row(each.name, f"policies.{index}", _asked(each)) for index, each in enumerate(policies)]
    return [RulesError(FILE, each.row.path, f"{each.row.name} {each.words()}") for each in never(rows)]


def _asked(policy: PolicyRules) -> dict[str, Any]:
    """The conditions of a policy, with what routing must have made of the lead as one more."""
    everything = policy.outcomes == frozenset(get_args(RouteOutcome))
    return {**policy.when, **({} if everything else {"outcomes": {"in": sorted(policy.outcomes)}})}


SPEC: RulesSpec[SlaRules] = RulesSpec(
    package="leadline_sla_monitor",
    files=(FILE,),
    build=build,
    shared=(CALENDARS,),
    libraries=("holidays",),
    warn=warnings,
)
