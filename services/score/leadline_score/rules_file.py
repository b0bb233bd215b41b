"""What may stand in `rules/scoring.yaml`. Unknown keys are errors; points are whole numbers."""

from itertools import pairwise
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesModel
from leadline_schemas.vocabulary import ActivityKind, ConsentChannel, ConsentPurpose, LeadType, OverrideTarget
from leadline_score.core.counting import parse_count

Points = Annotated[int, Field(ge=1, le=100)]
Penalty = Annotated[int, Field(ge=-100, le=-1)]
Cap = Annotated[int, Field(ge=1, le=100)]
Percent = Annotated[int, Field(ge=0, le=100)]
Value = Annotated[int, Field(ge=0, le=100)]
PenaltyFloor = Annotated[int, Field(ge=-200, le=0)]


def _count(written: str) -> str:
    parse_count(written)
    return written


Count = Annotated[str, AfterValidator(_count)]


class BandFile(RulesModel):
    """A band: entered at or above `enter`, left below `leave`."""

    enter: Value
    leave: Value

    @model_validator(mode="after")
    def _apart(self) -> "BandFile":
        if self.leave >= self.enter:
            raise ValueError("leave must be less than enter, else a lead flaps at the edge")
        return self


class DecayFile(RulesModel):
    """`{half_life: 30d, grace: 7d}`, `{linear: 30d}`, or from which age on how many percent are left:
    `{steps: {30d: 50, 90d: 0}}`.
    """

    half_life: Duration | None = None
    linear: Duration | None = None
    steps: dict[Duration, Percent] = {}
    grace: Duration | None = None

    @model_validator(mode="after")
    def _one(self) -> "DecayFile":
        given = [each for each in (self.half_life, self.linear, self.steps or None) if each is not None]
        if len(given) != 1 or not given[0]:
            raise ValueError(
                "needs one of half_life, linear and steps, longer than nothing, e.g. {half_life: 30d, grace: 7d}"
            )
        for (early, more), (late, less) in pairwise(self.steps.items()):
            if late <= early or less >= more:
                raise ValueError("steps need later ages with less left, e.g. {steps: {30d: 50, 90d: 0}}")
        return self


class LevelFile(RulesModel):
    id: str | None = None
    points: Points
    when: Any
    words: str | None = None


class FitRuleFile(RulesModel):
    """A fact with its levels, the best of which is what the unknown fact may be worth."""

    fact: str
    called: str | None = None
    why: str
    levels: Annotated[tuple[LevelFile, ...], Field(min_length=1)]


class FitGroupFile(RulesModel):
    cap: Cap
    rules: Annotated[dict[str, FitRuleFile], Field(min_length=1)]


class FitPenaltyFile(RulesModel):
    points: Penalty
    when: Any
    why: str


class FitFile(RulesModel):
    cap: Cap
    penalty_floor: PenaltyFloor
    groups: dict[str, FitGroupFile]
    penalties: dict[str, FitPenaltyFile] = {}


class ActFile(RulesModel):
    """Which acts a rule counts: of a lead type, or of kinds, with a further condition, so many in so long."""

    request: LeadType | None = None
    kind: ActivityKind | tuple[ActivityKind, ...] | None = None
    when: Any = None
    count: Count | None = None
    words: str
    noun: str = "time"

    @model_validator(mode="after")
    def _named(self) -> "ActFile":
        if self.request is None and not self.kind:
            raise ValueError("needs request or kind: which acts are meant, e.g. kind: page.viewed")
        return self


class ActRuleFile(ActFile):
    points: Points
    cap: Cap | None = None
    decay: DecayFile | None = None
    named: bool = False

    @model_validator(mode="after")
    def _room(self) -> "ActRuleFile":
        if self.cap is not None and self.cap < self.points:
            raise ValueError(
                f"cap {self.cap} is below the rule's own {self.points} points: none could ever count whole"
            )
        return self


class ActPenaltyFile(ActFile):
    """`floor`: what the rule takes at most; without it, all that `penalty_floor` lets penalties take."""

    points: Penalty
    floor: Penalty | None = None

    @model_validator(mode="after")
    def _room(self) -> "ActPenaltyFile":
        if self.floor is not None and self.floor > self.points:
            raise ValueError(f"floor {self.floor} takes less than the rule's own {self.points} points")
        return self


class IntentGroupFile(RulesModel):
    cap: Cap
    decay: DecayFile | None = None
    rules: Annotated[dict[str, ActRuleFile], Field(min_length=1)]


class IntentFile(RulesModel):
    cap: Cap
    penalty_floor: PenaltyFloor
    decay: DecayFile
    groups: dict[str, IntentGroupFile]
    penalties: dict[str, ActPenaltyFile] = {}


class VetoFile(RulesModel):
    effect: Literal["disqualify", "nurture_only"]
    when: Any
    why: str


class MqlFile(RulesModel):
    """The MQL band is one of the presets; at entry fit and intent must each reach a minimum."""

    preset: str
    fit: Value
    intent: Value


class PqlFile(BandFile):
    group: str


class BandsFile(RulesModel):
    letter: dict[Literal["A", "B", "C"], BandFile]
    digit: dict[Literal[1, 2, 3], BandFile]
    temperature: dict[Literal[1, 2, 3, 4], Literal["hot", "warm", "cold"]]
    presets: dict[str, BandFile]
    mql: MqlFile
    pql: PqlFile
    fast_track: BandFile


class OverrideExample(RulesModel):
    """What a person set in place of what is computed: points, yes or no, or nothing more (null)."""

    target: OverrideTarget
    veto: str | None = None
    value: bool | int | None = None
    author: str = "somebody"
    reason: str = "not told"
    expires_at: AwareDatetime | None = None


class ActExample(RulesModel):
    """An act as rules see it. Of two at one instant the smaller `id` is the newer; without one it follows its place."""

    id: UUID | None = None
    kind: ActivityKind = "form.submitted"
    request: LeadType | None = None
    tag: str | None = None
    name: str | None = None
    reason: str | None = None
    purpose: ConsentPurpose | None = None
    channel: ConsentChannel | None = None
    direction: Literal["in", "out", "none"] = "none"
    to: Literal["lead", "referrer"] = "lead"
    source: str = "other"
    automated: bool = False
    override: OverrideExample | None = None
    at: AwareDatetime


class Expected(RulesModel):
    """What an example must give; what is left out is not looked at."""

    fit: str | int | None = None
    intent: str | int | None = None
    total: str | int | None = None
    grade: str | None = None
    temperature: str | None = None
    signal: str | None = None
    vetoes: tuple[str, ...] | None = None
    recheck: AwareDatetime | None = None


class ExampleFile(RulesModel):
    name: str
    lead: dict[str, Any] = {}
    acts: tuple[ActExample, ...] = ()
    as_of: AwareDatetime
    expect: Expected


class TotalFile(RulesModel):
    """Between which values the total is kept."""

    floor: Value = 0
    cap: Cap = 100

    @model_validator(mode="after")
    def _apart(self) -> "TotalFile":
        if self.floor >= self.cap:
            raise ValueError("floor must be less than cap")
        return self


class ScoringFile(RulesModel):
    """The whole file."""

    version: Any
    zone: str
    hand_raises: tuple[LeadType, ...]
    fit: FitFile
    intent: IntentFile
    total: TotalFile = TotalFile()
    veto: dict[str, VetoFile]
    bands: BandsFile
    sql_suggestion: Any
    examples: Annotated[tuple[ExampleFile, ...], Field(min_length=1)]
