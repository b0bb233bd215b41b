"""`rules/team.yaml`: members, pools, territories, managers, as they are written."""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from leadline_route.core.caps import Caps
from leadline_route.core.skills import LEVELS
from leadline_route.core.team import Strategy
from leadline_runtime.calendar_words import Zone
from leadline_runtime.rules import RulesModel

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
