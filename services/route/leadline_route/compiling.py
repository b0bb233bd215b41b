"""`rules/routing.yaml` compiled: every fault is an error that names its path and what would be right."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from leadline_route.core.channels import PURPOSES, ChannelPolicy, Region
from leadline_route.core.lead_facts import FIELDS, SEGMENT_FIELDS
from leadline_route.core.nurture import Cadences
from leadline_route.core.rulebook import Give, Ladder, Nobody, OwnerPolicy, Promise, Promises, Rule
from leadline_route.core.skills import asked
from leadline_route.core.team import Returning, Team
from leadline_route.routing_file import (
    ROUTING,
    ChannelRules,
    FirstDueRules,
    NobodyRules,
    NurtureRules,
    OwnershipRules,
    ReassignRules,
    ReturningRules,
    RoutingFile,
    RuleRules,
)
from leadline_route.team_file import TEAM, TeamFile
from leadline_route.time_rules import TIME, compiled_time
from leadline_runtime.calendars import Calendars
from leadline_runtime.core.conditions import COMBINERS, Condition, compile_condition
from leadline_runtime.core.open_years import never_due
from leadline_runtime.rules import RulesError
from leadline_runtime.rules_faults import Faults


def compiled_rules(file: RoutingFile, team: Team, calendars: Calendars, faults: Faults) -> tuple[Rule, ...]:
    """The rules in order. A fault is also if the last one could leave a lead without an outcome."""
    rules = [
        faults.take(partial(_rule, each, f"rules.{index}", file, team, calendars), None)
        for index, each in enumerate(file.rules)
    ]
    faults.found += _misplaced(file)
    return tuple(each for each in rules if each is not None)


def _misplaced(file: RoutingFile) -> Iterator[RulesError]:
    times, last = Counter(each.id for each in file.rules), len(file.rules) - 1
    for name, number in times.items():
        if number > 1:
            yield RulesError(ROUTING, "rules", f"has {name} twice; every rule needs a name of its own")
    for index, each in enumerate(file.rules):
        always = not each.when and not each.pools_by_territory and each.then != "keep_owner"
        if index == last and not (always and each.pools):
            problem = "the last rule is the fallback: it needs `pools` and no `when`, so that no lead is left over"
            yield RulesError(ROUTING, f"rules.{index} ({each.id})", problem)
        if index != last and always:
            yield RulesError(ROUTING, f"rules.{index} ({each.id})", "has no `when`: no rule after it is ever reached")


def check_rest(file: RoutingFile, faults: Faults) -> None:
    """What is wrong with segments, channels and cadences."""
    for make in (partial(compiled_segments, file), partial(compiled_channels, file.channels),
                 partial(compiled_cadences, file.nurture)):  # fmt: skip
        faults.take(make, None)


def _rule(each: RuleRules, path: str, file: RoutingFile, team: Team, calendars: Calendars) -> Rule:
    path = f"{path} ({each.id})"
    when_asked = {name: matcher for name, matcher in each.when.items() if name != TIME}
    when = condition(when_asked, path)
    check_segments(when, file, f"{path}.when")
    fields = tuple(dict.fromkeys(_fields(when_asked)))
    time = compiled_time(each.when[TIME], calendars, f"{path}.when.{TIME}") if TIME in each.when else None
    if each.then is not None:
        return Rule(each.id, when, fields, each.then, time, pins(when_asked))
    for name in (*each.pools, *(name for names in each.pools_by_territory.values() for name in names)):
        if name not in team.pools:
            raise RulesError(ROUTING, f"{path}.pools", f"{name} is no pool; known: {', '.join(sorted(team.pools))}")
    known = {territory.id for territory in team.territories}
    if strange := sorted(set(each.pools_by_territory) - known):
        raise RulesError(ROUTING, f"{path}.pools_by_territory", f"{strange[0]} is none of {', '.join(sorted(known))}")
    named = each.named_skill
    if named is not None and named.field not in FIELDS:
        raise RulesError(ROUTING, f"{path}.skill_field", f"is no field of a lead; known: {', '.join(sorted(FIELDS))}")
    nobody = compiled_nobody(each.nobody or file.nobody)
    return Rule(
        each.id,
        when,
        fields,
        Give(
            each.pools,
            each.pools_by_territory,
            _skills(each),
            named.field if named else None,
            nobody,
            named.at_least if named else 1,
        ),
        time,
        pins(when_asked),
    )


def _skills(each: RuleRules) -> frozenset[str]:
    if isinstance(each.skills, dict):
        return frozenset(asked(skill, level.at_least) for skill, level in each.skills.items())
    return frozenset(each.skills)


def check_segments(when: Condition, file: RoutingFile, path: str) -> None:
    """Every segment that a condition names exists. Raises RulesError."""
    for field, value in when.named:
        if field == "segments" and value not in file.segments:
            known = ", ".join(sorted(file.segments)) or "none; declare them under `segments`"
            raise RulesError(ROUTING, path, f"{value} is no segment; known: {known}")


def compiled_segments(file: RoutingFile) -> tuple[tuple[str, Condition], ...]:
    """The segments by name. Raises RulesError."""
    for name in file.segments:
        if not name.isidentifier():
            raise RulesError(ROUTING, f"segments.{name}", "is no name; write letters, digits and _ only")
    return tuple(
        (name, compile_condition(each.when, SEGMENT_FIELDS, ROUTING, f"segments.{name}.when"))
        for name, each in file.segments.items()
    )


def check_caps(roster: TeamFile, segments: Collection[str], faults: Faults) -> None:
    """Every segment that a cap names exists."""
    known = ", ".join(sorted(segments)) or "none"
    faults.found += [
        RulesError(TEAM, f"members.{name}.caps.segment.{strange}", f"is no segment of routing.yaml; known: {known}")
        for name, member in sorted(roster.members.items())
        for strange in sorted(set(member.caps.segment) - set(segments))
    ]


def condition(content: Any, path: str) -> Condition:
    """A condition over a lead's values."""
    return compile_condition(content, FIELDS, ROUTING, f"{path}.when")


def pins(when: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Fields of which a condition asks one of some texts, whatever else it asks."""
    found: dict[str, frozenset[str]] = {}
    for name, matcher in when.items():
        known = matcher if isinstance(matcher, dict) else {"eq": matcher}
        texts = known.get("in", [known["eq"]] if "eq" in known else [])
        if name not in COMBINERS and texts and all(isinstance(each, str) for each in texts):
            found[name] = frozenset(texts)
    return found


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


def check_promises(rules: FirstDueRules, calendars: Calendars, faults: Faults) -> None:
    """A first promise that a calendar has no time for could be due never."""
    promises = {f"by_type.{name}": each for name, each in rules.by_type.items()}
    promises |= {"hot": rules.hot, "warm": rules.warm, "cold": rules.cold}
    for path, each in promises.items():
        for calendar in calendars.values():
            if (problem := never_due(calendar, each.within, each.mode)) is not None:
                faults.found.append(RulesError(ROUTING, f"first_due.{path}.within", problem))


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


def compiled_ownership(rules: OwnershipRules) -> OwnerPolicy:
    """What becomes of a lead that somebody owns already."""
    return OwnerPolicy(rules.counts_as_turn, rules.owner_away)
