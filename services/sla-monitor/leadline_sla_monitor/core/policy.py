"""Policies: which promises a request gets, by what it asked for and what became of it (defaults C6)."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from fractions import Fraction
from operator import itemgetter
from typing import Any

from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.lifecycle import Lifecycle
from leadline_runtime.core.values import dataclass
from leadline_schemas.vocabulary import ClockMode
from leadline_sla_monitor.core.acts import Answer
from leadline_sla_monitor.core.rung import DUE_LEVEL, OWNER, Rung

FIELDS = frozenset({"type", "outcome", "temperature", "grade", "letter", "missed_call", "source", "segment"})
MOST_REMEMBERED = 4096
Chosen = tuple[str | None, tuple[str, ...]]
_asked = itemgetter(*sorted(FIELDS))


@dataclass(frozen=True, slots=True)
class Target:
    """One promise of a policy: `within` how long it is answered by any of `answered_by`.

    `calendar` names a calendar; None means the territory's. `nurture_answers` count besides where the outcome is
    nurture. `after_event`: the clock starts at the end of the event, not at the act. `tell` says who hears of a breach.
    `pauses`: for which reasons it may be paused; None: for all. `ladder`: its steps but that at the due time.

    What follows from the ladder: `warnings`, the levels before the due time, as `shares` of the open time, and what a
    promise keeps of it (`kept_ladder`): all but what is told to the owner alone before the due time.
    """

    name: str
    within: timedelta
    mode: ClockMode
    answered_by: tuple[Answer, ...]
    calendar: str | None = None
    nurture_answers: tuple[Answer, ...] = ()
    after_event: bool = False
    tell: tuple[str, ...] = ("owner", "manager")
    pauses: frozenset[str] | None = None
    ladder: tuple[Rung, ...] = ()
    warnings: tuple[int, ...] = field(init=False)
    shares: tuple[Fraction, ...] = field(init=False)
    kept_ladder: tuple[Rung, ...] = field(init=False)

    def __post_init__(self) -> None:
        warnings = tuple(each.level for each in self.ladder if each.level < DUE_LEVEL)
        kept = tuple(each for each in self.ladder if each.level > DUE_LEVEL or each.tell != OWNER)
        object.__setattr__(self, "warnings", warnings)
        object.__setattr__(self, "shares", tuple(Fraction(level, DUE_LEVEL) for level in warnings))
        object.__setattr__(self, "kept_ladder", kept)

    def answers(self, nurture: bool) -> tuple[Answer, ...]:
        """What answers it, given where the lead was routed."""
        return self.answered_by + self.nurture_answers if nurture else self.answered_by


@dataclass(frozen=True, slots=True)
class Policy:
    """A row of sla.yaml: for which requests and outcomes, which targets; `reassign_after` for the owner's clock."""

    name: str
    when: Condition
    outcomes: frozenset[str]
    targets: tuple[Target, ...]
    reassign_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class PauseRules:
    """What may pause a promise: for each of the `reasons` who may order it (lead, person, manager, machine).

    `longest`: how many working days one order may last; `told_within`: how long after its beginning it may be told;
    `owner_clock`: for which reasons the owner's clock stands still too.
    """

    reasons: Mapping[str, frozenset[str]]
    longest: int
    told_within: timedelta
    owner_clock: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SlaRules:
    """The compiled rules. `calendars` by name; `default` where a territory has none of its own; `calendars_digest`
    tells what they say."""

    policies: tuple[Policy, ...]
    added: tuple[Policy, ...]
    calendars: Mapping[str, Calendar]
    default: Calendar
    calendars_digest: str
    decision_within: timedelta
    grace: timedelta
    reopen_after: timedelta
    pre_contacted: timedelta
    pauses: PauseRules
    lifecycle: Lifecycle
    by_name: Mapping[str, Policy] = field(init=False)
    _chosen: dict[tuple[Any, ...], Chosen] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {p.name: p for p in (*self.policies, *self.added)})

    @property
    def levels(self) -> tuple[int, ...]:
        """The levels of all steps of all ladders, but for the due time."""
        targets = (target for policy in (*self.policies, *self.added) for target in policy.targets)
        return tuple(sorted({rung.level for target in targets for rung in target.ladder}))

    def choose(self, values: Mapping[str, Any]) -> Chosen:
        """The name of the first policy that fits `values` (FIELDS; None: nothing is promised) and of those added to it.

        Remembered: there are few different ones, and each is asked for by many leads.
        """
        key = _asked(values)
        found = self._chosen.get(key)
        if found is None:
            if len(self._chosen) >= MOST_REMEMBERED:
                self._chosen.clear()
            policy = next((p.name for p in self.policies if fits(p, values)), None)
            added = tuple(p.name for p in self.added if fits(p, values)) if policy else ()
            found = self._chosen[key] = policy, added
        return found

    def target(self, policy: str | None, name: str) -> Target | None:
        """A target of a policy; None if the rules have neither (any more)."""
        found = self.by_name.get(policy or "")
        return next((each for each in found.targets if each.name == name), None) if found else None

    def calendar(self, name: str | None) -> Calendar:
        """The calendar of this name (a territory's), else the company's default."""
        return self.calendars.get(name or "", self.default)


def fits(policy: Policy, values: Mapping[str, Any]) -> bool:
    """Is the policy for this outcome and does its condition hold?"""
    return values["outcome"] in policy.outcomes and policy.when.holds(values)
