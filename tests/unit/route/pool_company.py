"""The company of the reference as compiled rules, and its rows as they are stored."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from leadline_route.compiling import condition
from leadline_route.core.availability import Absence, Hours
from leadline_route.core.caps import Caps, Days
from leadline_route.core.rulebook import Give, Nobody, Rule, Rulebook
from leadline_route.core.team import Member, Pool, Returning, Team
from leadline_runtime.core.calendar import Calendar
from tests.unit.route.leads import shipped
from tests.unit.route.pool_reference import HOLD, Person, Reference

# Which pools a lead's rule names: by language and country; and what it asks of a member.
KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...], frozenset[str]]] = {
    "east": ({}, ("east",), frozenset()),
    "west": ({"country": "GB"}, ("west",), frozenset()),
    "both": ({"state": "CA"}, ("east", "west"), frozenset()),
    "french": ({"language": "fr"}, ("west",), frozenset({"fr"})),
}

people = st.builds(
    Person,
    starts=st.sampled_from((0, 0, 8)),
    ends=st.sampled_from((24, 24, 16)),
    offset=st.sampled_from((0, -8)),
    skills=st.sampled_from((frozenset({"fr"}), frozenset[str]())),
    caps=st.fixed_dictionaries(
        {"open": st.sampled_from((60, 60, 5))},
        optional={"day": st.integers(2, 6), "week": st.integers(6, 15), "month": st.integers(12, 25)},
    ),
)
weights = st.integers(1, 10)


def as_read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A member's row as PostgreSQL gives it: the names of pools as an array."""
    *known, repaying = row
    return (*known, [each for each in repaying.split(",") if each])


def book_of(plain: Reference) -> Rulebook:
    """The company as compiled rules."""
    members = {name: _member(name, plain.people[name]) for name in sorted(plain.people)}
    pools = {
        name: Pool(
            name, {who: pool.weights[who] for who in sorted(pool.weights)}, pool.manager, pool.strategy,  # type: ignore[arg-type]
            Returning(pool.policy),  # type: ignore[arg-type]
        )
        for name, pool in plain.pools.items()
    }  # fmt: skip
    rules = tuple(_rule(kind, *KINDS[kind]) for kind in reversed(KINDS))
    team = Team(members, pools, (), plain.managers)
    return replace(shipped(), team=team, rules=rules, early_bird=timedelta(0))


def _rule(kind: str, fields: dict[str, Any], pools: tuple[str, ...], skills: frozenset[str]) -> Rule:
    give = Give(pools, {}, skills, None, Nobody(HOLD, "manager"))
    return Rule(kind, condition(fields, kind), tuple(fields), give)


def _member(name: str, person: Person) -> Member:
    zone = ZoneInfo(f"Etc/GMT{-person.offset:+d}")
    week = [((person.starts * 60, person.ends * 60),)] * 7
    caps = Caps(person.caps["open"], person.caps.get("day"), person.caps.get("week"), person.caps.get("month"))
    absences = tuple(Absence(start, end, "leave") for start, end in sorted(person.away))
    hours = Hours(Calendar(name, zone, week), absences)
    return Member(name, hours, Days(zone), dict.fromkeys(person.skills, 1), caps, None, person.active)
