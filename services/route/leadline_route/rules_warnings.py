"""What is surely not meant in a routing.yaml that may be used: rules that no lead ever reaches."""

from collections.abc import Mapping, Sequence
from typing import Any

from leadline_route.core.rulebook import Rulebook
from leadline_route.routing_file import ROUTING, RoutingFile, RuleRules
from leadline_runtime.core.shadowing import Row, shadowed, words
from leadline_runtime.rules import RulesError, parse


def warnings(contents: Mapping[str, Any], rules: Rulebook) -> Sequence[RulesError]:
    """The warnings, in the order of the file."""
    file = parse(RoutingFile, contents[ROUTING], ROUTING)
    rows = [Row(rule.id, f"rules.{index}", rule.when, _takes_all(rule)) for index, rule in enumerate(file.rules)]
    return [RulesError(ROUTING, row.path, f"{row.name} {words(taker)}") for row, taker in shadowed(rows)]


def _takes_all(rule: RuleRules) -> bool:
    """Does every lead that fits stay here? Not where an owner, a pool of its territory or a skill may be missing."""
    if rule.then is not None:
        return rule.then != "keep_owner"
    return bool(rule.pools) and not rule.skills and rule.skill_field is None
