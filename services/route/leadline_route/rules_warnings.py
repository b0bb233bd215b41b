"""What is surely not meant in files that may be used: rules and territories that no lead ever reaches, people who get
nothing, skills that nobody has.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leadline_route.core.lead_facts import SEVERAL
from leadline_route.core.rulebook import Give, Rule, Rulebook
from leadline_route.core.team import Team
from leadline_route.routing_file import ROUTING, RoutingFile, RuleRules
from leadline_route.team_file import TEAM, TeamFile
from leadline_runtime.core.shadowing import Row, never
from leadline_runtime.rules import RulesError, parse


def warnings(contents: Mapping[str, Any], rules: Rulebook) -> Sequence[RulesError]:
    """The warnings: of the rules in the order of the file, then of the team."""
    file, team = parse(RoutingFile, contents[ROUTING], ROUTING), parse(TeamFile, contents[TEAM], TEAM)
    rows = [_row(rule, f"rules.{index}") for index, rule in enumerate(file.rules)]
    places = [Row(name, f"territories.{name}", each.when) for name, each in team.territories.items()]
    return [
        *(RulesError(ROUTING, each.row.path, f"{each.row.name} {each.words()}") for each in never(rows, SEVERAL)),
        *(each for index, rule in enumerate(rules.rules) for each in _skills(rule, f"rules.{index}", rules.team)),
        *(RulesError(TEAM, each.row.path, f"{each.row.name} {each.words()}") for each in never(places, SEVERAL)),
        *_people(rules),
    ]


def _row(rule: RuleRules, path: str) -> Row:
    """Who gives a lead to a pool gives it away, if somebody is there or not; an owner may be missing. Of a lead that a
    person let go only the rules with pools are asked."""
    if rule.then is not None:
        return Row(rule.id, path, rule.when, rule.then != "keep_owner", always=False)
    if not rule.pools_by_territory:
        return Row(rule.id, path, rule.when)
    return Row(rule.id, path, {"all": [rule.when, {"territory": {"in": list(rule.pools_by_territory)}}]})


def _skills(rule: Rule, path: str, team: Team) -> Iterator[RulesError]:
    action = rule.action
    if not isinstance(action, Give):
        return
    pools = action.pools or tuple(name for names in action.by_territory.values() for name in names)
    people = {member for name in pools for member in team.pools[name].weights if team.members[member].active}
    for skill in sorted(action.skills):
        if not any(skill in team.members[member].skills for member in people):
            problem = f"{rule.id} asks for the skill {skill}, which nobody of {', '.join(dict.fromkeys(pools))} has"
            yield RulesError(ROUTING, f"{path}.skills", problem)


def _people(rules: Rulebook) -> Iterator[RulesError]:
    team = rules.team
    seated = {member for pool in team.pools.values() for member in pool.weights}
    for name, pool in team.pools.items():
        if not any(team.members[member].active for member in pool.weights):
            yield RulesError(
                TEAM, f"pools.{name}", f"{name} has no active member: its leads go to {pool.manager or 'nobody'}"
            )
    for name, member in team.members.items():
        if member.active and name not in seated:
            yield RulesError(TEAM, f"members.{name}", f"{name} is in no pool: no rule ever gives him a lead")
    used = {name for rule in rules.rules if isinstance(rule.action, Give) for name in _pools(rule.action)}
    used |= {territory.pool for territory in team.territories}
    for name in sorted(set(team.pools) - used):
        yield RulesError(TEAM, f"pools.{name}", f"{name} is named by no rule and no territory: it is never dealt in")


def _pools(action: Give) -> Iterator[str]:
    yield from action.pools
    for names in action.by_territory.values():
        yield from names
