"""The compiled scoring rules, as pure functions use them. Points, caps and bands are thousandths."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal

from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.values import dataclass
from leadline_score.core.answers import Answers
from leadline_score.core.bands import Bands
from leadline_score.core.clipping import Caps
from leadline_score.core.counting import CountCap
from leadline_score.core.days import LocalDays
from leadline_score.core.decay import Decay
from leadline_score.core.exact import plain
from leadline_score.core.learned import LearnedModel
from leadline_score.core.wording import Wording

Temperature = Literal["hot", "warm", "cold"]


@dataclass(frozen=True, slots=True)
class Level:
    """One answer a fit rule may give: the first whose condition holds counts. `words` name it in the explanation."""

    rule: str
    points: int
    when: Condition
    why: Wording
    words: str | None = None
    answers: Answers = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`answers` remembers whether the condition held; of a penalty, which is asked by itself."""
        object.__setattr__(self, "answers", Answers([self.when]))


@dataclass(frozen=True, slots=True)
class FitRule:
    """A fact and what it is worth: `best` (thousandths) at most. `called`: the fact's name in explanations.

    `place` is its position among all fit rules.
    """

    name: str
    group: str
    fact: str
    levels: tuple[Level, ...]
    called: str
    best: int
    place: int
    answers: Answers = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`answers` remembers which level held."""
        object.__setattr__(self, "answers", Answers([level.when for level in self.levels]))


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act and what it is worth. `place` is its position among all act rules."""

    rule: str
    name: str
    group: str
    place: int
    points: int
    cap: int
    count: CountCap | None
    decay: Decay
    words: str
    noun: str
    named: bool = False
    faded: str = field(init=False, compare=False, repr=False)
    on_days: dict[int, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`faded` begins what is said of an act that faded; `on_days` remembers what acts of a day are called."""
        object.__setattr__(self, "faded", f"; faded from {plain(self.points)} to ")


@dataclass(frozen=True, slots=True)
class Match:
    """An act rule with the further condition it asks of the act."""

    rule: ActRule
    when: Condition | None


class Kind:
    """Which rule an act of one kind counts under: `always` the first if that asks nothing more, else who answers."""

    def __init__(self, matches: tuple[Match, ...]) -> None:
        self.rules = [*[match.rule for match in matches], None]
        self.always = matches[0].rule if matches[0].when is None else None
        self.answers = Answers([match.when for match in matches])

    def rule_of(self, said: dict[str, Any]) -> ActRule | None:
        """The rule of an act with these fields; None if none speaks of it."""
        return self.rules[self.answers.first(said)] if self.always is None else self.always


@dataclass(frozen=True, slots=True)
class ActRules:
    """Which rule an act counts under: the first that fits, by request before by kind, penalties first.

    `product` is the group that makes a PQL, `shortest` the shortest half-life of any rule in microseconds.
    """

    by_request: Mapping[str, tuple[Match, ...]]
    by_kind: Mapping[str, tuple[Match, ...]]
    product: str
    shortest: int
    kinds: dict[str, Kind] = field(init=False, compare=False, repr=False)
    many: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`kinds` answers by kind; the places of the rules are below `many`."""
        indexed = [*self.by_request.values(), *self.by_kind.values()]
        places = [match.rule.place for matches in indexed for match in matches]
        object.__setattr__(self, "many", 1 + max(places, default=-1))
        object.__setattr__(self, "kinds", {kind: Kind(matches) for kind, matches in self.by_kind.items()})


@dataclass(frozen=True, slots=True)
class VetoRule:
    """A reason that stops a lead whatever its points."""

    id: str
    effect: Literal["disqualify", "nurture_only"]
    when: Condition
    why: Wording
    answers: Answers = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`answers` remembers whether the condition held."""
        object.__setattr__(self, "answers", Answers([self.when]))


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """What `rules/scoring.yaml` says. `fit_asks` are the facts that fit asks; `fits` remembers its answers by them.

    `ways` remembers what follows from each way in which facts answered the rules of fit.
    """

    days: LocalDays
    hand_raises: frozenset[str]
    fit: tuple[FitRule, ...]
    fit_caps: Caps
    fit_penalties: tuple[Level, ...]
    acts: ActRules
    intent_caps: Caps
    vetoes: tuple[VetoRule, ...]
    bands: Bands
    letters: str
    temperatures: tuple[Temperature, ...]
    sql_suggestion: Condition
    fit_asks: tuple[str, ...]
    learned: LearnedModel | None = None
    fits: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    ways: dict[tuple[int, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    sql: Answers = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """`sql` remembers when an SQL is suggested."""
        object.__setattr__(self, "sql", Answers([self.sql_suggestion]))
