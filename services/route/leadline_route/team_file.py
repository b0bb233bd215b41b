"""`rules/team.yaml`: members, pools, territories, managers; checked and compiled."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.caps import Caps, Days
from leadline_route.core.lead_facts import TERRITORY_FIELDS
from leadline_route.core.skills import LEVELS
from leadline_route.core.team import Member, Pool, Returning, Strategy, Team, Territory
from leadline_runtime.calendars import CalendarRules, Calendars, Zone, build_calendar
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.values import dataclass
from leadline_runtime.holiday_lists import named_holidays
from leadline_runtime.rules import RulesError, RulesModel, parse

TEAM = "team.yaml"
Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1], strict=True)]
Weight = Annotated[int, Field(ge=1, le=10, strict=True)]
Cap = Annotated[int, Field(ge=1, strict=True)]


class AbsenceRules(RulesModel):
    """A declared absence: away from `from`, there again at `back`; dates are whole days in the member's zone."""

    away: date | AwareDatetime = Field(alias="from")
    back: date | AwareDatetime
    reason: str


class DatedCapRules(RulesModel):
    """Limits by the member's own calendar days."""

    day: Cap | None = None
    week: Cap | None = None
    month: Cap | None = None


class CapRules(DatedCapRules):
    """Limits over all pools; `segment`: of the leads of one segment of routing.yaml."""

    open: Cap | None = None
    segment: dict[str, DatedCapRules] = {}

    def compiled(self) -> Caps:
        """The limits."""
        segments = {name: Caps(**each.model_dump()) for name, each in self.segment.items()}
        return Caps(self.open, self.day, self.week, self.month, segments)


class MemberRules(RulesModel):
    """One member. `skills` by name, or with levels from 1 to 5.

    `holidays`: a calendar whose closed days are his too, or a country or subdivision (GB, US-NY, DE-BY).
    """

    active: bool = True
    zone: Zone
    hours: dict[str, Any]
    holidays: str | None = None
    territory: str | None = None
    skills: tuple[str, ...] | dict[str, Level] = ()
    caps: CapRules = CapRules()
    absences: tuple[AbsenceRules, ...] = ()


class PoolRules(RulesModel):
    """Who shares leads, by weight; `manager` takes what nobody can."""

    members: dict[str, Weight] = Field(min_length=1)
    strategy: Strategy = "round_robin"
    manager: str | None = None


class TerritoryRules(RulesModel):
    """Which leads belong here, and the pool that stands in for an absent owner of this territory."""

    when: dict[str, Any]
    pool: str


class TeamExample(RulesModel):
    """Whether somebody is there at an instant."""

    name: str
    member: str
    at: AwareDatetime
    available: bool


class TeamFile(RulesModel):
    """The whole file."""

    version: str | date
    managers: tuple[str, ...] = ()
    members: dict[str, MemberRules] = Field(min_length=1)
    pools: dict[str, PoolRules] = Field(min_length=1)
    territories: dict[str, TerritoryRules]
    examples: tuple[TeamExample, ...] = Field(min_length=1)


def build_team(content: Any, calendars: Calendars, returning: Returning, unjudged: Collection[str] = ()) -> Team:
    """The compiled team. `unjudged`: members whose examples speak of another state of the roster.

    Raises RulesError naming the path in team.yaml.
    """
    rules = parse(TeamFile, content, TEAM)
    shared: dict[str, Calendar] = {}
    members = {each: _Compiling(each, rules.members[each], shared).member(calendars) for each in sorted(rules.members)}
    if both := sorted(set(rules.managers) & set(members)):
        raise RulesError(TEAM, "managers", f"{both[0]} is a member too; a manager owns what members cannot take")
    pools = {each: _pool(each, rules.pools[each], rules, returning) for each in rules.pools}
    territories = tuple(_territory(each, rules.territories[each], pools, calendars) for each in rules.territories)
    known = {each.id for each in territories}
    for name, member in members.items():
        if member.territory is not None and member.territory not in known:
            raise RulesError(TEAM, f"members.{name}.territory", f"is none of {', '.join(sorted(known))}")
    team = Team(members, pools, territories, frozenset(rules.managers))
    for index, example in enumerate(rules.examples):
        if example.member in unjudged:
            continue
        _check(team, example, f"examples.{index} ({example.name})")
    return team


@cache
def public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """All public holidays of a country or a part of it, by the pinned library. Raises ValueError."""
    return frozenset(named_holidays(country, subdivision, None))


@dataclass(frozen=True)
class _Compiling:
    """`shared`: calendars by what they are made of. Many have the same hours: their table is made once."""

    id: str
    rules: MemberRules
    shared: dict[str, Calendar]

    @property
    def path(self) -> str:
        return f"members.{self.id}"

    def member(self, calendars: Calendars) -> Member:
        rules, zone = self.rules, ZoneInfo(self.rules.zone)
        return Member(
            id=self.id,
            hours=self._hours(calendars, zone),
            days=Days(zone),
            levels=rules.skills if isinstance(rules.skills, dict) else dict.fromkeys(rules.skills, 1),
            caps=rules.caps.compiled(),
            territory=rules.territory,
            active=rules.active,
        )

    def _hours(self, calendars: Calendars, zone: ZoneInfo) -> Hours:
        rules = self.rules
        closed = self._holidays(calendars, rules.holidays) if rules.holidays else frozenset()
        content = {"zone": rules.zone, "weekly": rules.hours, "closed": tuple(sorted(closed))}
        key = json.dumps(content, default=str, sort_keys=True)
        try:
            calendar = self.shared.get(key)
            if calendar is None:
                calendar = self.shared[key] = build_calendar(self.id, parse(CalendarRules, content, TEAM), "team")
        except RulesError as error:
            raise RulesError(TEAM, f"{self.path}.hours", str(error).partition(": ")[2]) from None
        absences = sorted((self._absence(i, zone) for i in range(len(rules.absences))), key=lambda each: each.start)
        return Hours(calendar, tuple(absences))

    def _holidays(self, calendars: Calendars, name: str) -> frozenset[date]:
        if name in calendars:
            return calendars[name].closed
        country, _, subdivision = name.partition("-")
        try:
            return public_holidays(country, subdivision or None)
        except ValueError as error:
            known = ", ".join(sorted(calendars))
            problem = f"{name} is no calendar of calendars.yaml (known: {known}) and no country: {error}"
            raise RulesError(TEAM, f"{self.path}.holidays", problem) from None

    def _absence(self, index: int, zone: ZoneInfo) -> Absence:
        each = self.rules.absences[index]
        start, end = _instant(each.away, zone), _instant(each.back, zone)
        if end <= start:
            raise RulesError(TEAM, f"{self.path}.absences.{index}.back", "must be later than `from`")
        return Absence(start, end, each.reason)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), zone)


def _pool(name: str, rules: PoolRules, team: TeamFile, returning: Returning) -> Pool:
    path = f"pools.{name}"
    for member in rules.members:
        if member not in team.members:
            raise RulesError(
                TEAM, f"{path}.members.{member}", f"is no member; known: {', '.join(sorted(team.members))}"
            )
        if rules.strategy == "least_loaded" and team.members[member].caps.open is None:
            raise RulesError(
                TEAM, f"{path}.members.{member}", "needs caps.open: least_loaded compares open leads to it"
            )
    if rules.manager is not None and rules.manager not in team.managers:
        raise RulesError(TEAM, f"{path}.manager", f"is none of the managers; known: {', '.join(team.managers)}")
    weights = {member: rules.members[member] for member in sorted(rules.members)}
    return Pool(name, weights, rules.manager, rules.strategy, returning)


def _territory(name: str, rules: TerritoryRules, pools: Mapping[str, Pool], calendars: Calendars) -> Territory:
    path = f"territories.{name}"
    if rules.pool not in pools:
        raise RulesError(TEAM, f"{path}.pool", f"is no pool; known: {', '.join(sorted(pools))}")
    when = compile_condition(rules.when, TERRITORY_FIELDS, TEAM, f"{path}.when")
    return Territory(name, when, rules.pool, calendars.named(name))


def _check(team: Team, example: TeamExample, path: str) -> None:
    member = team.members.get(example.member)
    if member is None:
        raise RulesError(TEAM, f"{path}.member", f"is no member; known: {', '.join(sorted(team.members))}")
    duty = member.hours.duty(example.at)
    if (member.active and duty.state == "on") != example.available:
        found = duty.state if member.active else "inactive"
        raise RulesError(TEAM, f"{path}.available", f"says {example.available}, the file makes {member.id} {found}")
