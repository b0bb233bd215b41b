"""Who is who: members, pools, territories as the team file declares them, compiled."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from leadline_route.core.availability import Hours
from leadline_route.core.caps import Caps, Days
from leadline_route.core.skills import had
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.values import dataclass

Strategy = Literal["round_robin", "least_loaded", "by_skill"]
UNLIMITED = Caps()
REMEMBERED = 4096


@dataclass(frozen=True, eq=False)
class Member:
    """A person who may be given leads. `territory` is where he is at home, `levels` how good he is at what.

    `skills` are all that follows from the levels (leadline_route.core.skills).
    """

    id: str
    hours: Hours
    days: Days
    levels: Mapping[str, int] = field(default_factory=dict)
    caps: Caps = UNLIMITED
    territory: str | None = None
    active: bool = True
    skills: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "skills", had(self.levels))


@dataclass(frozen=True, slots=True)
class Returning:
    """What a declared absence means for a balance (rules B4.3).

    skip: frozen. catch_up: shares accrue, repaid at once. accrue: the same debt, at most `debt_cap` leads, repaid with
    at most `max_run` leads in a row.
    """

    policy: Literal["skip", "catch_up", "accrue"] = "skip"
    max_run: int = 2
    debt_cap: int = 5


SKIP = Returning()


@dataclass(frozen=True, eq=False)
class Pool:
    """Members who share leads by weight (whole numbers 1-10). Weights are in the order of the ids.

    `ids` and `parts` are the members and their weights, `seen` is what `consider` remembers of them.
    """

    id: str
    weights: Mapping[str, int]
    manager: str | None = None
    strategy: Strategy = "round_robin"
    returning: Returning = SKIP
    ids: tuple[str, ...] = field(init=False, repr=False)
    parts: tuple[int, ...] = field(init=False, repr=False)
    seen: dict[frozenset[str], Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(self.weights))
        object.__setattr__(self, "parts", tuple(self.weights.values()))


@dataclass(frozen=True, eq=False)
class Territory:
    """Where leads come from; its calendar is the one of the same name, its pool stands in for an absent owner."""

    id: str
    when: Condition
    pool: str
    calendar: Calendar


@dataclass(frozen=True, eq=False)
class Team:
    """The whole team file."""

    members: Mapping[str, Member]
    pools: Mapping[str, Pool]
    territories: tuple[Territory, ...]
    managers: frozenset[str]
    _known: dict[tuple[Any, ...], Territory | None] = field(default_factory=dict, init=False, repr=False)
    _asked: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        asked: frozenset[str] = frozenset().union(*(each.when.fields for each in self.territories))
        object.__setattr__(self, "_asked", tuple(sorted(asked)))

    def territory_of(self, values: Mapping[str, Any]) -> Territory | None:
        """The first territory whose condition holds; remembered, because leads come from few places."""
        key = tuple(map(values.get, self._asked))
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = next((each for each in self.territories if each.when.holds(values)), None)
        return self._known[key]

    def is_active(self, person: str) -> bool:
        """May this person own leads: an active member, or a manager."""
        member = self.members.get(person)
        return member.active if member is not None else person in self.managers
