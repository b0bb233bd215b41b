"""When is nobody there? For each rule that gives leads to people, the open hours in which no member may have one.

Open hours are those of the territory's calendar, in which its promises run: a night without anybody is no gap. A
member counts while on duty and with the skill; caps do not count, because how many leads will come nobody knows.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from leadline_route.core.rulebook import Give, Rule, Rulebook
from leadline_route.core.team import Member, Team
from leadline_runtime.core.calendar import Calendar, closed_between
from leadline_runtime.core.values import dataclass

Span = tuple[datetime, datetime]  # [from, to)
HOUR = timedelta(hours=1)
_MOST_TRIED = 256  # combinations of named values


@dataclass(frozen=True, slots=True)
class Need:
    """Leads of one rule, territory and skill; `pools` is who may have them. `rule` None: the territory's own pool,
    which stands in for owners who are away.
    """

    rule: str | None
    territory: str | None
    skill: str | None
    pools: tuple[str, ...]
    skills: frozenset[str]
    calendar: Calendar

    @property
    def name(self) -> str:
        """As people call it."""
        told = [self.rule or "owners away", *((self.territory,) if self.territory else ())]
        return " ".join([*told, *((f"({self.skill})",) if self.skill else ())])


@dataclass(frozen=True, slots=True)
class Coverage:
    """A need from `start` to `end`: the spans in which it is open, and those of them in which nobody is there."""

    need: Need
    start: datetime
    end: datetime
    opened: Sequence[Span]
    uncovered: Sequence[Span]

    @property
    def missing(self) -> timedelta:
        """Open time without anybody."""
        return sum((end - start for start, end in self.uncovered), timedelta(0))


def needs(book: Rulebook) -> list[Need]:
    """Every rule that gives leads to people, for each territory and named skill; then each territory's own pool."""
    found = [need for rule in book.rules if isinstance(rule.action, Give) for need in _of_rule(rule, rule.action, book)]
    for territory in book.team.territories:
        found.append(Need(None, territory.id, None, (territory.pool,), frozenset(), territory.calendar))
    return found


def _of_rule(rule: Rule, give: Give, book: Rulebook) -> Iterator[Need]:
    calendars = {each.id: each.calendar for each in book.team.territories}
    named = [str(value) for field, value in rule.when.named if field == "territory"]
    if give.by_territory:
        places: list[tuple[str | None, tuple[str, ...]]] = [
            (name, pools) for name, pools in give.by_territory.items() if not named or name in named
        ]
    else:
        places = [(name, give.pools) for name in dict.fromkeys(named) if name in calendars] or [(None, give.pools)]
    for territory, pools in places:
        calendar = calendars.get(territory or "", book.default_calendar)
        for skill in _skills(rule, give, territory):
            skills = give.skills | ({give.asked(skill)} if skill else frozenset())
            yield Need(rule.id, territory, skill, pools, skills, calendar)


def _skills(rule: Rule, give: Give, territory: str | None) -> list[str | None]:
    """The skills that leads of this rule may ask for: the values that its condition names for the field."""
    if give.skill_field is None:
        return [None]
    values = dict.fromkeys(str(value) for field, value in rule.when.named if field == give.skill_field)
    return [value for value in values if _possible(rule, give.skill_field, value, territory)] or [None]


def _possible(rule: Rule, field: str, value: str, territory: str | None) -> bool:
    """Can a lead with this value be one of the rule's? Tried with the other values that the condition names."""
    others: dict[str, list[Any]] = {}
    for name, each in rule.when.named:
        if name not in (field, "territory"):
            others.setdefault(name, []).append(each)
    fixed = {field: value, **({"territory": territory} if territory else {})}
    for tried, values in enumerate(product(*others.values())):
        if tried == _MOST_TRIED or rule.when.holds({**dict(zip(others, values, strict=True)), **fixed}):
            return True
    return False


def duty_spans(member: Member, start: datetime, end: datetime) -> list[Span]:
    """When the member is on duty between two instants."""
    spans: list[Span] = []
    at = start
    while member.active and at < end:
        duty = member.hours.duty(at)
        until = min(duty.until, end)
        if duty.state == "on":
            if spans and spans[-1][1] == at:
                spans[-1] = (spans[-1][0], until)
            else:
                spans.append((at, until))
        at = until
    return spans


def covered(need: Need, team: Team, duties: Mapping[str, Sequence[Span]], start: datetime, end: datetime) -> Coverage:
    """One need, with the duty of each member from `start` to `end`."""
    people = {
        member
        for pool in need.pools
        for member in team.pools[pool].weights
        if need.skills <= team.members[member].skills
    }
    opened = _without([(start, end)], closed_between(need.calendar, start, end))
    there = _united(span for member in people for span in duties[member])
    return Coverage(need, start, end, opened, _without(opened, there))


def coverage(book: Rulebook, start: datetime, end: datetime) -> list[Coverage]:
    """All needs between two instants."""
    duties = {member.id: duty_spans(member, start, end) for member in book.team.members.values()}
    return [covered(need, book.team, duties, start, end) for need in needs(book)]


def part(spans: Sequence[Span], start: datetime, end: datetime) -> timedelta:
    """How much of [start, end) lies in the spans."""
    whole = timedelta(0)
    for index in range(max(0, bisect_right(spans, (start, end)) - 1), len(spans)):
        begins, ends = spans[index]
        if begins >= end:
            break
        whole += max(timedelta(0), min(ends, end) - max(begins, start))
    return whole


def _united(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What of `spans` lies in none of `taken`; both in order, without overlaps."""
    left: list[Span] = []
    for start, end in spans:
        at = start
        for begins, ends in taken:
            if ends <= at:
                continue
            if begins >= end:
                break
            if begins > at:
                left.append((at, begins))
            at = max(at, ends)
        if at < end:
            left.append((at, end))
    return left
