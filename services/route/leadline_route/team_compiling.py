"""`rules/team.yaml` checked and compiled: every fault is told, with its path and what would be right."""

import json
from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from functools import cache, partial
from zoneinfo import ZoneInfo

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.caps import Days
from leadline_route.core.lead_facts import TERRITORY_FIELDS
from leadline_route.core.team import Member, Pool, Returning, Team, Territory
from leadline_route.team_file import TEAM, AbsenceRules, MemberRules, PoolRules, TeamExample, TeamFile, TerritoryRules
from leadline_runtime.calendars import CalendarRules, Calendars, build_calendar
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.values import dataclass
from leadline_runtime.holiday_lists import named_holidays
from leadline_runtime.rules import RulesError, parse
from leadline_runtime.rules_faults import Faults

ANY = compile_condition({}, frozenset(), TEAM, "")


def build_team(
    rules: TeamFile, calendars: Calendars, returning: Returning, faults: Faults, unjudged: Collection[str] = ()
) -> Team:
    """The compiled team. `unjudged`: members whose examples speak of another state of the roster.

    All that is wrong is put into `faults`. Then the team must not be used; but all names are known in it, so that no
    fault is told that is the consequence of another.
    """
    shared: dict[str, Calendar] = {}
    members: dict[str, Member] = {}
    for name in sorted(rules.members):
        member = _Compiling(name, rules.members[name], shared, faults).member(calendars)
        if member is not None:
            members[name] = member
    pools = {each: _pool(each, rules.pools[each], returning) for each in rules.pools}
    faults.found += _strange(rules)
    territories = tuple(_territory(name, each, calendars, faults) for name, each in rules.territories.items())
    team = Team(members, pools, territories, frozenset(rules.managers))
    for index, example in enumerate(rules.examples):
        wrong = example.member in rules.members and example.member not in members
        if not wrong and example.member not in unjudged:
            faults.take(partial(_check, team, example, f"examples.{index} ({example.name})"), None)
    return team


@cache
def public_holidays(country: str, subdivision: str | None) -> frozenset[date]:
    """All public holidays of a country or a part of it, by the pinned library. Raises ValueError."""
    return frozenset(named_holidays(country, subdivision, None))


def _strange(rules: TeamFile) -> Iterator[RulesError]:
    """Names that are nobody's, or somebody else's."""
    for name in sorted(set(rules.managers) & set(rules.members)):
        yield RulesError(TEAM, "managers", f"{name} is a member too; a manager owns what members cannot take")
    for name in sorted(rules.members):
        home = rules.members[name].territory
        if home is not None and home not in rules.territories:
            known = ", ".join(sorted(rules.territories))
            yield RulesError(TEAM, f"members.{name}.territory", f"is none of {known}")
    for name, pool in rules.pools.items():
        yield from _strange_in(pool, rules, f"pools.{name}")
    for name, territory in rules.territories.items():
        if territory.pool not in rules.pools:
            yield RulesError(TEAM, f"territories.{name}.pool", f"is no pool; known: {', '.join(sorted(rules.pools))}")


def _strange_in(pool: PoolRules, rules: TeamFile, path: str) -> Iterator[RulesError]:
    for member in pool.members:
        if member not in rules.members:
            known = ", ".join(sorted(rules.members))
            yield RulesError(TEAM, f"{path}.members.{member}", f"is no member; known: {known}")
        elif pool.strategy == "least_loaded" and rules.members[member].caps.open is None:
            problem = "needs caps.open: least_loaded compares open leads to it"
            yield RulesError(TEAM, f"{path}.members.{member}", problem)
    if pool.manager is not None and pool.manager not in rules.managers:
        known = ", ".join(rules.managers)
        yield RulesError(TEAM, f"{path}.manager", f"is none of the managers; known: {known}")


@dataclass(frozen=True)
class _Compiling:
    """`shared`: calendars by what they are made of. Many have the same hours: their table is made once."""

    id: str
    rules: MemberRules
    shared: dict[str, Calendar]
    faults: Faults

    @property
    def path(self) -> str:
        return f"members.{self.id}"

    def member(self, calendars: Calendars) -> Member | None:
        """None if anything is wrong."""
        rules, zone = self.rules, ZoneInfo(self.rules.zone)
        hours = self._hours(calendars, zone)
        if hours is None:
            return None
        return Member(
            id=self.id,
            hours=hours,
            days=Days(zone),
            levels=rules.skills if isinstance(rules.skills, dict) else dict.fromkeys(rules.skills, 1),
            caps=rules.caps.compiled(),
            territory=rules.territory,
            active=rules.active,
        )

    def _hours(self, calendars: Calendars, zone: ZoneInfo) -> Hours | None:
        take = self.faults.take
        closed = take(partial(self._holidays, calendars), None)
        calendar = take(partial(self._calendar, closed or frozenset()), None)
        absences = [
            take(partial(self._absence, each, zone, index), None) for index, each in enumerate(self.rules.absences)
        ]
        right = [each for each in absences if each is not None]
        if closed is None or calendar is None or len(right) < len(absences):
            return None
        return Hours(calendar, tuple(sorted(right, key=lambda each: each.start)))

    def _calendar(self, closed: frozenset[date]) -> Calendar:
        content = {"zone": self.rules.zone, "weekly": self.rules.hours, "closed": tuple(sorted(closed))}
        key = json.dumps(content, default=str, sort_keys=True)
        try:
            calendar = self.shared.get(key)
            if calendar is None:
                calendar = self.shared[key] = build_calendar(self.id, parse(CalendarRules, content, TEAM), "team")
        except RulesError as error:
            raise RulesError(TEAM, f"{self.path}.hours", str(error).partition(": ")[2]) from None
        return calendar

    def _holidays(self, calendars: Calendars) -> frozenset[date]:
        name = self.rules.holidays
        if not name:
            return frozenset()
        if name in calendars:
            return calendars[name].closed
        country, _, subdivision = name.partition("-")
        try:
            return public_holidays(country, subdivision or None)
        except ValueError as error:
            known = ", ".join(sorted(calendars))
            problem = f"{name} is no calendar of calendars.yaml (known: {known}) and no country: {error}"
            raise RulesError(TEAM, f"{self.path}.holidays", problem) from None

    def _absence(self, rules: AbsenceRules, zone: ZoneInfo, index: int) -> Absence:
        start, end = _instant(rules.away, zone), _instant(rules.back, zone)
        if end <= start:
            raise RulesError(TEAM, f"{self.path}.absences.{index}.back", "must be later than `from`")
        return Absence(start, end, rules.reason)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(), zone)


def _pool(name: str, rules: PoolRules, returning: Returning) -> Pool:
    weights = {member: rules.members[member] for member in sorted(rules.members)}
    return Pool(name, weights, rules.manager, rules.strategy, returning)


def _territory(name: str, rules: TerritoryRules, calendars: Calendars, faults: Faults) -> Territory:
    path = f"territories.{name}.when"
    when = faults.take(partial(compile_condition, rules.when, TERRITORY_FIELDS, TEAM, path), ANY)
    return Territory(name, when, rules.pool, calendars.named(name))


def _check(team: Team, example: TeamExample, path: str) -> None:
    member = team.members.get(example.member)
    if member is None:
        raise RulesError(TEAM, f"{path}.member", f"is no member; known: {', '.join(sorted(team.members))}")
    duty = member.hours.duty(example.at)
    if (member.active and duty.state == "on") != example.available:
        found = duty.state if member.active else "inactive"
        raise RulesError(TEAM, f"{path}.available", f"says {example.available}, the file makes {member.id} {found}")
