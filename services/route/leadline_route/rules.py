"""This service's rules: team.yaml and routing.yaml, over the shared calendars and lifecycle; examples must hold."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from leadline_route import compiling
from leadline_route.core.lead_facts import FIELDS
from leadline_route.core.rulebook import Give, Rulebook
from leadline_route.core.team import Returning
from leadline_route.roster_rules import IN_FORCE, OVERLAID
from leadline_route.routing_file import ROUTING, RoutingExample, RoutingFile
from leadline_route.rules_warnings import warnings
from leadline_route.team_compiling import build_team
from leadline_route.team_file import TEAM, TeamFile
from leadline_runtime.calendars import build_calendars
from leadline_runtime.core.errors import all_of
from leadline_runtime.lifecycle import LIFECYCLE, build_lifecycle
from leadline_runtime.rules import RulesError, RulesSpec, parse
from leadline_runtime.rules_faults import Faults

CALENDARS = "calendars.yaml"


def build(contents: Mapping[str, Any]) -> Rulebook:
    """The compiled rules. Raises RulesError naming file and path of all that is wrong; examples are judged last."""
    calendars = build_calendars(contents[CALENDARS], CALENDARS)
    lifecycle = build_lifecycle(contents[LIFECYCLE])
    overlaid, faults = contents.get(OVERLAID), Faults()
    file = faults.take(partial(parse, RoutingFile, contents[ROUTING], ROUTING), None)
    roster = faults.take(partial(parse, TeamFile, contents[TEAM], TEAM), None)
    returning = compiling.compiled_returning(file.returning) if file else Returning()
    team = build_team(roster, calendars, returning, faults, overlaid["members"] if overlaid else ()) if roster else None
    if file is None or roster is None or team is None:
        raise all_of(faults.found)
    compiling.check_caps(roster, file.segments, faults)
    rules = compiling.compiled_rules(file, team, calendars, faults)
    compiling.check_rest(file, faults)
    compiling.check_promises(file.first_due, calendars, faults)
    faults.check()
    book = Rulebook(
        rules=rules,
        team=team,
        channels=compiling.compiled_channels(file.channels),
        cadences=compiling.compiled_cadences(file.nurture),
        promises=compiling.compiled_promises(file.first_due),
        ladder=compiling.compiled_ladder(file.reassign),
        nobody=compiling.compiled_nobody(file.nobody),
        early_bird=file.early_bird,
        decline_costs_turn={name: what == "costs_turn" for name, what in file.reassign.decline_reasons.items()},
        default_calendar=calendars.default,
        lifecycle=lifecycle,
        segments=compiling.compiled_segments(file),
        ownership=compiling.compiled_ownership(file.ownership),
        contents={**contents, TEAM: overlaid["team"]} if overlaid else contents,
    )
    for index, example in enumerate(file.examples):
        faults.take(partial(_check, book, example, f"examples.{index} ({example.name})"), None)
    faults.check()
    return book


def _check(book: Rulebook, example: RoutingExample, path: str) -> None:
    if strange := sorted(set(example.lead) - FIELDS):
        raise RulesError(
            ROUTING, f"{path}.lead", f"{strange[0]} is no field of a lead; known: {', '.join(sorted(FIELDS))}"
        )
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in example.lead.items()}
    territory = next((each.id for each in book.team.territories if each.when.holds(values)), None)
    values = {"territory": territory, **values}
    values = {"segments": tuple(name for name, when in book.segments if when.holds(values)), **values}
    rule, pools = _decides(book, values, territory or "", example.at)
    if (rule, pools) != (example.rule, example.pools):
        said, found = (f"{name} {list(names)}" for name, names in ((example.rule, example.pools), (rule, pools)))
        raise RulesError(ROUTING, path, f"says {said}, the rules give {found}")


def _decides(
    book: Rulebook, values: Mapping[str, Any], territory: str, at: datetime | None
) -> tuple[str, tuple[str, ...]]:
    for rule in book.rules:
        if rule.time is not None and (at is None or not rule.time.holds(at)):
            continue
        if rule.action == "keep_owner" or not rule.when.holds(values):
            continue
        if not isinstance(rule.action, Give):
            return rule.id, ()
        pools = rule.action.by_territory.get(territory) if rule.action.by_territory else rule.action.pools
        if pools is not None:
            return rule.id, pools
    raise AssertionError("the last rule always matches")


SPEC = RulesSpec(
    package="leadline_route",
    files=("team.yaml", "routing.yaml"),
    build=build,
    shared=(CALENDARS, LIFECYCLE),
    libraries=("holidays",),
    warn=warnings,
    overlay=IN_FORCE.overlay,
)
