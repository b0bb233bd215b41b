"""`sla.yaml`: what is promised to whom. Read strictly, checked by its own examples."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from leadline_runtime.calendars import build_calendars
from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.shadowing import Row, never
from leadline_runtime.core.values import dataclass
from leadline_runtime.lifecycle import LIFECYCLE, build_lifecycle
from leadline_runtime.rules import RulesError, RulesSpec, parse
from leadline_schemas.vocabulary import RouteOutcome
from leadline_sla_monitor.core.policy import FIELDS, PauseRules, Policy, SlaRules, Target
from leadline_sla_monitor.core.rung import DUE_LEVEL, Rung
from leadline_sla_monitor.rules_bounds import check_bounds
from leadline_sla_monitor.rules_examples import check_examples
from leadline_sla_monitor.rules_file import CALENDARS, FILE, PolicyRules, SlaFile, TargetRules
from leadline_sla_monitor.rules_ladder import at_due, file_ladder, target_ladder


@dataclass(frozen=True, slots=True)
class Around:
    """What the rows of policies are read with."""

    file: SlaFile
    ladder: tuple[Rung, ...]
    calendars: frozenset[str]


def build(contents: Mapping[str, Any]) -> SlaRules:
    """The compiled rules. Raises RulesError for an unknown calendar, a name used twice, a failing example."""
    calendars = build_calendars(contents[CALENDARS], CALENDARS)
    file = parse(SlaFile, contents[FILE], FILE)
    ladder = file_ladder(file)
    _known(file.pauses.owner_clock, "pauses.owner_clock", file)
    rules = SlaRules(
        policies=_policies(file.policies, "policies", Around(file, ladder, frozenset(calendars))),
        added=_policies(file.added, "added", Around(file, ladder, frozenset(calendars))),
        calendars=calendars,
        default=calendars.default,
        calendars_digest=calendars.digest,
        decision_within=file.decision_within,
        grace=file.grace,
        reopen_after=file.cycles.reopen_after,
        pre_contacted=file.cycles.pre_contacted,
        pauses=PauseRules(
            reasons=dict(file.pauses.reasons),
            longest=file.pauses.longest,
            told_within=file.pauses.told_within,
            owner_clock=file.pauses.owner_clock,
        ),
        lifecycle=build_lifecycle(contents[LIFECYCLE]),
    )
    if len(rules.by_name) < len(rules.policies) + len(rules.added):
        raise RulesError(FILE, "policies", "two have the same name; a promise is known by its policy's name")
    check_bounds(rules)
    check_examples(FILE, file.examples, rules)
    return rules


def _known(reasons: frozenset[str], path: str, file: SlaFile) -> None:
    for reason in sorted(reasons - file.pauses.reasons.keys()):
        known = ", ".join(file.pauses.reasons)
        raise RulesError(FILE, path, f"names {reason}, which is none of the reasons in pauses: {known}")


def _policies(rows: tuple[PolicyRules, ...], path: str, around: Around) -> tuple[Policy, ...]:
    return tuple(_policy(row, f"{path}.{index}", around) for index, row in enumerate(rows))


def _policy(row: PolicyRules, path: str, around: Around) -> Policy:
    if row.outcomes & {"parked", "disqualified"}:
        raise RulesError(FILE, f"{path}.outcomes", "nothing can be promised to a parked or disqualified lead")
    for name, target in row.targets.items():
        if target.calendar != "territory" and target.calendar not in around.calendars:
            known = ", ".join(sorted(around.calendars))
            raise RulesError(FILE, f"{path}.targets.{name}.calendar", f"is neither territory nor one of {known}")
        _known(target.pause or frozenset(), f"{path}.targets.{name}.pause", around.file)
    return Policy(
        name=row.name,
        when=compile_condition(row.when, FIELDS, FILE, f"{path}.when"),
        outcomes=frozenset(row.outcomes),
        targets=tuple(
            _target(name, target, target_ladder(row, target, around.ladder, path, name))
            for name, target in row.targets.items()
        ),
        reassign_after=row.reassign_after,
    )


def _target(name: str, rules: TargetRules, ladder: tuple[Rung, ...]) -> Target:
    return Target(
        name=name,
        within=rules.within,
        mode=rules.mode,
        answered_by=rules.answered_by,
        calendar=None if rules.calendar == "territory" else rules.calendar,
        nurture_answers=rules.answered_in_nurture_by,
        after_event=rules.start == "event_end",
        tell=at_due(rules, ladder),
        pauses=rules.pause,
        ladder=tuple(each for each in ladder if each.level != DUE_LEVEL),
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
    shared=(CALENDARS, LIFECYCLE),
    libraries=("holidays",),
    warn=warnings,
)
