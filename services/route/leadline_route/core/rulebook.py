"""The compiled routing rules: what `grounds.rules` holds for this service."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import Any, Literal

from leadline_route.core.channels import ChannelPolicy
from leadline_route.core.lead_facts import spoken
from leadline_route.core.nurture import Cadences
from leadline_route.core.skills import asked
from leadline_route.core.team import Team
from leadline_route.core.time_condition import TimeCondition
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.lifecycle import Lifecycle
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import trusted
from leadline_schemas.routed import RuleTried
from leadline_schemas.vocabulary import ClockMode

_rule_tried = trusted(RuleTried)
REMEMBERED = 4096  # combinations of pinned texts

# What a rule without pools does: disqualified (a veto), keep_owner (passes on if there is none in time), nurture
# (parked where marketing is not allowed), parked.
Verdict = Literal["disqualified", "keep_owner", "nurture", "parked"]


@dataclass(frozen=True, slots=True)
class Nobody:
    """If nobody is available: hold up to so long, then the manager owns it, or it waits in a queue."""

    hold_up_to: timedelta
    then: Literal["manager", "queue"]


@dataclass(frozen=True, slots=True)
class Give:
    """To whom a rule gives a lead: the first of `pools` with somebody available.

    `by_territory` names the pools per territory instead; a lead of another territory does not match the rule.
    `skill_field`: the member needs a skill named like this value of the lead (language), `skill_level` at least.
    """

    pools: tuple[str, ...]
    by_territory: Mapping[str, tuple[str, ...]]
    skills: frozenset[str]
    skill_field: str | None
    nobody: Nobody
    skill_level: int = 1

    def asked(self, value: str) -> str:
        """The skill that a lead with this value of `skill_field` needs."""
        return asked(value, self.skill_level)


@dataclass(frozen=True, eq=False)
class Rule:
    """One routing rule. `fields` are what its condition asks; `time` when it counts (None: always).

    `pins`: fields of which it asks one of these texts whatever else it asks: with another text it cannot match.
    """

    id: str
    when: Condition
    fields: tuple[str, ...]
    action: Verdict | Give
    time: TimeCondition | None = None
    pins: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def untimely(self, at: datetime) -> RuleTried | None:
        """Why the rule does not count at `at`; None if it does."""
        why = self.time.against(at) if self.time is not None else None
        return RuleTried(rule=self.id, why=why) if why is not None else None

    def against(self, values: Mapping[str, Any], has: dict[tuple[str, ...], str]) -> RuleTried:
        """Why a rule that does not match these values does not: what it needs and what the lead has, in words.

        `has` keeps what was said of this lead: many rules ask for the same few fields.
        """
        told = has.get(self.fields)
        if told is None:
            told = has[self.fields] = spoken(values, self.fields)
        return _rule_tried(rule=self.id, why=f"needs {self.when.words()}; has {told}")


@dataclass(frozen=True, slots=True)
class Promise:
    """How soon somebody must be there for a lead: an absent owner keeps it only if back by then."""

    within: timedelta
    mode: ClockMode


@dataclass(frozen=True, slots=True)
class OwnerPolicy:
    """What an owner's lead is (rules B4.6). `counts_as_turn`: it is his turn in the pool of his territory.

    `away`: he is away past the first promise. keep: it waits for him; cover: the pool of his territory stands in;
    pool: as if he had none.
    """

    counts_as_turn: bool = False
    away: Literal["keep", "cover", "pool"] = "cover"


COVER = OwnerPolicy()


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a lapse or a decline does (rules B4.7, B4.8).

    `exclude_for`: not offered to the same member again. `touch_counts_for`: a human touch that recent forbids every
    automatic move. `reverse_within`: a wrong assignment gives the turn back.
    """

    reassign_at_most: int
    exclude_for: timedelta
    touch_counts_for: timedelta
    reverse_within: timedelta


@dataclass(frozen=True, slots=True)
class Promises:
    """The first promise by lead type, else by temperature."""

    by_type: Mapping[str, Promise]
    by_temperature: Mapping[str, Promise]

    def of(self, lead_type: str, temperature: str) -> Promise:
        """The promise of one lead."""
        return self.by_type.get(lead_type) or self.by_temperature[temperature]


@dataclass(frozen=True, eq=False)
class Rulebook:
    """All of it. `decline_costs_turn`: reason of a decline → does the turn stay paid. `contents`: of the files."""

    rules: tuple[Rule, ...]
    team: Team
    channels: ChannelPolicy
    cadences: Cadences
    promises: Promises
    ladder: Ladder
    nobody: Nobody
    early_bird: timedelta
    decline_costs_turn: Mapping[str, bool]
    default_calendar: Calendar
    lifecycle: Lifecycle
    segments: tuple[tuple[str, Condition], ...] = ()
    ownership: OwnerPolicy = COVER
    contents: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _possible: dict[tuple[Any, ...], tuple[tuple[int, Rule], ...]] = field(default_factory=dict, init=False, repr=False)
    _pinned: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pinned", tuple(sorted({name for rule in self.rules for name in rule.pins})))

    def matching(self, values: Mapping[str, Any]) -> Iterator[tuple[int, Rule]]:
        """The rules that match, in order, with their places. Most are passed over by what they pin, remembered."""
        key = tuple(map(values.get, self._pinned))
        possible = self._possible.get(key)
        if possible is None:
            if len(self._possible) >= REMEMBERED:
                self._possible.clear()
            possible = self._possible[key] = tuple(
                (place, rule) for place, rule in enumerate(self.rules) if _may_match(rule, values)
            )
        for place, rule in possible:
            if rule.when.holds(values):
                yield place, rule


def _may_match(rule: Rule, values: Mapping[str, Any]) -> bool:
    for name, texts in rule.pins.items():
        value = values.get(name)
        if value is None or (isinstance(value, str) and value not in texts):
            return False
    return True
