"""`rules/routing.yaml` as its author writes it: the ordered rules and the numbers of routing."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from leadline_route.core.channels import Region
from leadline_route.core.rulebook import Verdict
from leadline_route.core.skills import LEVELS
from leadline_runtime.durations import Duration, Wait
from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import Channel, ClockMode, LeadType

ROUTING = "routing.yaml"
Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1], strict=True)]


class NobodyRules(RulesModel):
    """What happens if nobody is available. Without `hold_up_to` a lead is not held at all."""

    hold_up_to: Duration | None = None
    then: Literal["manager", "queue"]


class LevelRules(RulesModel):
    """How good a member must be at something."""

    at_least: Level


class SkillFieldRules(RulesModel):
    """A skill named like the value of a field, and how good a member must be at it."""

    field: str
    at_least: Level = 1


class SegmentRules(RulesModel):
    """A named set of leads, for rules and for caps."""

    when: dict[str, Any]


class OwnershipRules(RulesModel):
    """What becomes of a lead that somebody owns already. See OwnerPolicy."""

    counts_as_turn: bool = False
    owner_away: Literal["keep", "cover", "pool"] = "cover"


class RuleRules(RulesModel):
    """One rule: a verdict, or the pools it gives the lead to. Without `when` it always matches.

    `time` within `when`: `{within: us_east}`, `{outside: us_east}` (calendars.yaml), or hours of its own,
    `{zone: Europe/London, hours: {mon-fri: [18:00-24:00]}}`.
    """

    id: str
    when: dict[str, Any] = Field(default_factory=dict)
    then: Verdict | None = None
    pools: tuple[str, ...] = ()
    pools_by_territory: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    skills: tuple[str, ...] | dict[str, LevelRules] = ()
    skill_field: str | SkillFieldRules | None = None
    nobody: NobodyRules | None = None

    @property
    def named_skill(self) -> SkillFieldRules | None:
        """`skill_field` in its longer form."""
        return SkillFieldRules(field=self.skill_field) if isinstance(self.skill_field, str) else self.skill_field

    @model_validator(mode="after")
    def _one_action(self) -> "RuleRules":
        if [self.then is not None, bool(self.pools), bool(self.pools_by_territory)].count(True) != 1:
            raise ValueError("needs exactly one of `then`, `pools`, `pools_by_territory`")
        return self


class PromiseRules(RulesModel):
    """How soon somebody must be there."""

    within: Wait
    mode: ClockMode = "working"


class FirstDueRules(RulesModel):
    """The first promise: by type, for all other types by temperature."""

    by_type: dict[LeadType, PromiseRules]
    hot: PromiseRules
    warm: PromiseRules
    cold: PromiseRules


class ReassignRules(RulesModel):
    """Lapses and declines."""

    at_most: int = Field(ge=0)
    exclude_for: Duration
    touch_counts_for: Duration
    reverse_within: Duration
    decline_reasons: dict[str, Literal["costs_turn", "routing_error"]]


class ReturningRules(RulesModel):
    """What a declared absence does to balances."""

    policy: Literal["skip", "catch_up", "accrue"]
    max_run: int = Field(default=2, ge=1)
    debt_cap: int = Field(default=5, ge=1)


class CadenceRules(RulesModel):
    """A cadence and which leads get it."""

    id: str
    when: dict[str, Any]


class NurtureRules(RulesModel):
    """All cadences that hold, in this order, else the default."""

    default: str
    cadences: tuple[CadenceRules, ...] = ()


class UnknownRules(RulesModel):
    """Channels that may be used for a purpose while consent is unknown."""

    respond: tuple[Channel, ...] = ()
    marketing: tuple[Channel, ...] = ()


class ChannelRules(RulesModel):
    """What unknown consent means."""

    asking_types: tuple[LeadType, ...]
    asking_channels: tuple[Channel, ...]
    opt_out_countries: tuple[str, ...]
    opt_in_countries: tuple[str, ...]
    unknown: dict[Region, UnknownRules]


class RoutingExample(RulesModel):
    """A lead by the values that rules ask, and the rule that must decide it (owners are not looked for).

    `at`: when; without it rules that count at certain times only are passed over.
    """

    name: str
    at: AwareDatetime | None = None
    lead: dict[str, Any]
    rule: str
    pools: tuple[str, ...] = ()


class RoutingFile(RulesModel):
    """The whole file."""

    version: str | date
    segments: dict[str, SegmentRules] = Field(default_factory=dict)
    rules: tuple[RuleRules, ...] = Field(min_length=1)
    ownership: OwnershipRules = OwnershipRules()
    nobody: NobodyRules
    early_bird: Duration
    first_due: FirstDueRules
    reassign: ReassignRules
    returning: ReturningRules
    nurture: NurtureRules
    channels: ChannelRules
    examples: tuple[RoutingExample, ...] = Field(min_length=1)
