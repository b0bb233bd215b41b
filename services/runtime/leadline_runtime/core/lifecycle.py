"""The lifecycle of a lead as rules: which stage may follow which, by whom, for which reasons, and what time does to it.

Defaults C2 and C7, rules B6. Pure values; `leadline_runtime.lifecycle` reads them from `lifecycle.yaml`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from leadline_runtime.core.values import dataclass
from leadline_schemas.vocabulary import ClockMode, Stage, StageWay, WhyNotApplied

StaleAction = Literal["nurture", "manager", "flag"]


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from a stage to another. `reasons`: its reason must be one of these (empty: it needs none);
    `qualified`: only with enough of BANT recorded."""

    ways: frozenset[StageWay]
    reasons: frozenset[str] = frozenset()
    qualified: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A transition that somebody or something wants. `confirmed`: how much of BANT is recorded; `noted`: has a note."""

    before: Stage
    to: Stage
    way: StageWay
    reason: str | None = None
    confirmed: int = 0
    noted: bool = False


@dataclass(frozen=True, slots=True)
class StageClock:
    """How long a lead may be in a stage."""

    within: timedelta
    mode: ClockMode


@dataclass(frozen=True, slots=True)
class Stale:
    """What silence does (rules B6.6). `notice_after` and `after`: without an act of the lead or of ours.

    `unresponsive_after`: without an act of the lead, in the stages `unresponsive`; `archive_after`: disqualified.
    """

    notice_after: timedelta
    after: timedelta
    then: Mapping[Stage, StaleAction]
    unresponsive_after: timedelta
    unresponsive: frozenset[Stage]
    archive_after: timedelta


@dataclass(frozen=True, slots=True)
class Reentry:
    """When a lead that was put aside is an MQL again by its score (rules B6.3), and which reasons a hand raise reopens
    (B6.7). `points`: new points of intent from acts after it was put aside."""

    after: timedelta
    after_lost: timedelta
    points: int
    total: int
    not_to_previous_owner: frozenset[str]
    reopened: frozenset[str]


@dataclass(frozen=True, eq=False)
class Lifecycle:
    """The compiled rules. `confirmed_at_least`: of budget, authority, need, timeline; `lost`: reason → stage."""

    transitions: Mapping[tuple[Stage, Stage], tuple[Transition, ...]]
    clocks: Mapping[Stage, StageClock]
    confirmed_at_least: int
    noted: frozenset[str]
    lost: Mapping[str, Stage]
    lost_otherwise: Stage
    stale: Stale
    reentry: Reentry
    reactivated_grades: frozenset[str]

    def against(self, wanted: Wanted) -> WhyNotApplied | None:
        """Why a lead may not go from one stage to the other so; None: it may."""
        if wanted.before == wanted.to:
            return "already"
        ways = self.transitions.get((wanted.before, wanted.to), ())
        found = next((each for each in ways if wanted.way in each.ways), None)
        if found is None:
            return "illegal"
        if found.reasons and wanted.reason not in found.reasons:
            return "reason_required" if wanted.reason is None else "unknown_reason"
        if wanted.way == "command" and wanted.reason in self.noted and not wanted.noted:
            return "note_required"
        return "not_qualified" if found.qualified and wanted.confirmed < self.confirmed_at_least else None

    def lost_to(self, reason: str | None) -> Stage:
        """The stage of a lead whose deal is lost for this reason (rules B6.5)."""
        return self.lost.get(reason or "", self.lost_otherwise)
