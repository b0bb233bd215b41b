"""`rules/routing.yaml` compiled: every fault is an error that names its path and what would be right."""

from datetime import timedelta
from typing import Any

from leadline_route.core.channels import PURPOSES, ChannelPolicy, Region
from leadline_route.core.lead_facts import FIELDS
from leadline_route.core.nurture import Cadences
from leadline_route.core.rulebook import Give, Ladder, Nobody, Promise, Promises, Rule
from leadline_route.core.team import Returning, Team
from leadline_route.routing_file import (
    ROUTING,
    ChannelRules,
    FirstDueRules,
    NobodyRules,
    NurtureRules,
    ReassignRules,
    ReturningRules,
    RoutingFile,
    RuleRules,
)
from leadline_runtime.core.conditions import COMBINERS, Condition, compile_condition
from leadline_runtime.rules import RulesError


def compiled_rules(file: RoutingFile, team: Team) -> tuple[Rule, ...]:
    """The rules in order. Raises RulesError, also if the last one could leave a lead without an outcome."""
    rules = tuple(_rule(each, f"rules.{index}", file, team) for index, each in enumerate(file.rules))
    if twice := [each.id for index, each in enumerate(rules) if each.id in {r.id for r in rules[:index]}]:
        raise RulesError(ROUTING, "rules", f"has {twice[0]} twice; every rule needs a name of its own")
    last = len(rules) - 1
    for index, each in enumerate(file.rules):
        always = not each.when and not each.pools_by_territory and each.then != "keep_owner"
        if index == last and not (always and each.pools):
            problem = "the last rule is the fallback: it needs `pools` and no `when`, so that no lead is left over"
            raise RulesError(ROUTING, f"rules.{index} ({each.id})", problem)
        if index != last and always:
            raise RulesError(ROUTING, f"rules.{index} ({each.id})", "has no `when`: no rule after it is ever reached")
    return rules


def _rule(each: RuleRules, path: str, file: RoutingFile, team: Team) -> Rule:
    path = f"{path} ({each.id})"
    when = condition(each.when, path)
    fields = tuple(dict.fromkeys(_fields(each.when)))
    if each.then is not None:
        return Rule(each.id, when, fields, each.then)
    for name in (*each.pools, *(name for names in each.pools_by_territory.values() for name in names)):
        if name not in team.pools:
            raise RulesError(ROUTING, f"{path}.pools", f"{name} is no pool; known: {', '.join(sorted(team.pools))}")
    known = {territory.id for territory in team.territories}
    if strange := sorted(set(each.pools_by_territory) - known):
        raise RulesError(ROUTING, f"{path}.pools_by_territory", f"{strange[0]} is none of {', '.join(sorted(known))}")
    if each.skill_field is not None and each.skill_field not in FIELDS:
        raise RulesError(ROUTING, f"{path}.skill_field", f"is no field of a lead; known: {', '.join(sorted(FIELDS))}")
    nobody = compiled_nobody(each.nobody or file.nobody)
    return Rule(
        each.id,
        when,
        fields,
        Give(each.pools, each.pools_by_territory, frozenset(each.skills), each.skill_field, nobody),
    )


def condition(content: Any, path: str) -> Condition:
    """A condition over a lead's values."""
    return compile_condition(content, FIELDS, ROUTING, f"{path}.when")


def _fields(content: Any) -> list[str]:
    if isinstance(content, list):
        return [name for each in content for name in _fields(each)]
    found: list[str] = []
    for key, value in content.items():
        found += _fields(value) if key in COMBINERS else [key]
    return found


def compiled_channels(rules: ChannelRules) -> ChannelPolicy:
    """The channel policy. Raises RulesError."""
    if both := sorted(set(rules.opt_in_countries) & set(rules.opt_out_countries)):
        raise RulesError(ROUTING, "channels.opt_out_countries", f"{both[0]} is among opt_in_countries too")
    regions: tuple[Region, ...] = ("opt_in", "opt_out")
    if missing := [region for region in regions if region not in rules.unknown]:
        raise RulesError(ROUTING, "channels.unknown", f"{missing[0]} is missing; list its channels or give {{}}")
    unknown = {
        (region, purpose): frozenset(getattr(rules.unknown[region], purpose))
        for region in regions
        for purpose in PURPOSES
    }
    return ChannelPolicy(
        frozenset(rules.asking_types),
        frozenset(rules.asking_channels),
        frozenset(rules.opt_out_countries),
        frozenset(rules.opt_in_countries),
        unknown,
    )


def compiled_cadences(rules: NurtureRules) -> Cadences:
    """The cadences with their conditions."""
    ordered = [
        (each.id, condition(each.when, f"nurture.cadences.{index}")) for index, each in enumerate(rules.cadences)
    ]
    return Cadences(tuple(ordered), rules.default)


def compiled_promises(rules: FirstDueRules) -> Promises:
    """The first promises."""
    by_type: dict[str, Promise] = {name: Promise(each.within, each.mode) for name, each in rules.by_type.items()}
    by_temperature = {
        name: Promise(each.within, each.mode)
        for name, each in (("hot", rules.hot), ("warm", rules.warm), ("cold", rules.cold))
    }
    return Promises(by_type, by_temperature)


def compiled_ladder(rules: ReassignRules) -> Ladder:
    """The numbers of lapses and declines."""
    return Ladder(rules.at_most, rules.exclude_for, rules.touch_counts_for, rules.reverse_within)


def compiled_returning(rules: ReturningRules) -> Returning:
    """The policy for those who come back."""
    return Returning(rules.policy, rules.max_run, rules.debt_cap)


def compiled_nobody(rules: NobodyRules) -> Nobody:
    """What happens if nobody is available."""
    return Nobody(rules.hold_up_to or timedelta(0), rules.then)
