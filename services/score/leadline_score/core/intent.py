"""Intent: what they did, each act told with what is left of it after decay and each cap."""

from collections.abc import Sequence
from typing import Final

from leadline_schemas.event import filled
from leadline_schemas.scored import Contribution, Dimension, NotCounted
from leadline_score.core.clipping import Entry, Sums, clip, told
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.days import words
from leadline_score.core.decay import decayed
from leadline_score.core.exact import plain, text
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.tally import Tally

MACHINE: Final = "machine activity never scores"
FADED: Final = "so long ago that nothing is left of it"
_REMEMBERED: Final = 4096  # days of a rule; the memory of older ones is given up
_dimension_of: Final = filled(Dimension)
_contribution_of: Final = Contribution  # a name of another module is looked up each time in the compiled form
_not_counted_of: Final = NotCounted


@mypyc_attr(acyclic=True)
class Counted(Entry):
    """An act that counts, on its way through the caps."""

    __slots__ = ("scored",)

    def __init__(self, scored: Scored, points: int) -> None:
        rule = scored.rule
        super().__init__(rule.name, rule.group, points, rule.cap, scored.at, scored.number)
        self.scored = scored


@mypyc_attr(acyclic=True)
class Intent:
    """The judgement of what somebody did, at one instant.

    `passed_over`: by rule, what its count cap does not let count.
    """

    def __init__(
        self,
        sums: Sums,
        counted: list[Counted],
        passed_over: dict[str, list[Scored]],
        not_counted: list[NotCounted],
    ) -> None:
        self.sums = sums
        self.counted = counted
        self.passed_over = passed_over
        self.not_counted = not_counted


def judge_intent(tallies: Tallies, machine: Sequence[Scored], rules: ScoreRules, as_of: int) -> Intent:
    """Intent from the acts up to `as_of`; `machine` are the automated ones among them."""
    counted: list[Counted] = []
    passed_over: dict[str, list[Scored]] = {}
    not_counted = [_not_counted(each, MACHINE) for each in machine if each.at <= as_of]
    for tally in tallies.in_order():
        rule = tally.rule
        if len(tally.kept) < len(tally.acts):
            over = _over(tally)
            passed_over[rule.rule] = over
            assert rule.count is not None
            why = rule.count.words
            for scored in over:
                not_counted.append(_not_counted(scored, why))
        points, decay = rule.points, rule.decay
        for scored in tally.kept:
            age = as_of - scored.at
            left = points if age <= decay.steady else decayed(points, decay, age)
            if left == 0:
                not_counted.append(_not_counted(scored, FADED))
            else:
                counted.append(Counted(scored, left))
    return Intent(clip(counted, rules.intent_caps), counted, passed_over, not_counted)


def intent_dimension(intent: Intent, rules: ScoreRules, *, brief: bool) -> Dimension:
    """Intent as the scorecard carries it; `brief`: what each act counts, without words."""
    sums = intent.sums
    return _dimension_of(
        {
            "value": text(sums.value),
            "known": text(sums.known),
            "contributions": tuple([_contribution(each, rules, brief) for each in intent.counted]),
            "rules": told(sums.rules),
            "groups": told(sums.groups),
            "positives": text(sums.positives),
            "after_cap": text(sums.after_cap),
            "penalties": text(sums.penalties),
            "not_counted": tuple(intent.not_counted),
        }
    )


def _over(tally: Tally) -> list[Scored]:
    """The acts that its count cap does not let count. What counts stands in the order of the acts."""
    kept, place = tally.kept, 0
    found: list[Scored] = []
    for each in tally.acts:
        if place < len(kept) and kept[place] is each:
            place += 1
        else:
            found.append(each)
    return found


def _not_counted(scored: Scored, why: str) -> NotCounted:
    return _not_counted_of(scored.id, scored.rule.rule, why)


def _contribution(entry: Counted, rules: ScoreRules, brief: bool) -> Contribution:
    scored, points, whole = entry.scored, text(entry.points), entry.counted == entry.points
    rule = scored.rule
    return _contribution_of(
        rule.rule,
        rule.group,
        scored.id,
        scored.occurred_at,
        rule.points // 1000,
        points,
        points if whole else text(entry.after_rule),
        points if whole else text(entry.after_group),
        points if whole else text(entry.counted),
        "" if brief else _why(entry, rules),
    )


def _why(entry: Counted, rules: ScoreRules) -> str:
    scored = entry.scored
    rule, said = scored.rule, _on_its_day(scored)
    if entry.points != rule.points:
        said = f"{said}{rule.faded}{plain(entry.points)}"
    return said if entry.counted == entry.points else f"{said}; {_capped(rule, entry, rules)}"


def _on_its_day(scored: Scored) -> str:
    """`pricing page on Thu 12 Mar`, remembered unless acts of the rule have names of their own."""
    rule, day = scored.rule, scored.day
    if rule.named:
        return f"{called(scored)} on {words(day)}"
    found = rule.on_days.get(day)
    if found is None:
        if len(rule.on_days) >= _REMEMBERED:
            rule.on_days.clear()
        found = rule.on_days[day] = f"{rule.words} on {words(day)}"
    return found


def _capped(rule: ActRule, entry: Entry, rules: ScoreRules) -> str:
    """By which cap it was cut last, in words."""
    caps = rules.intent_caps
    if entry.after_rule > entry.points and entry.counted == entry.after_rule:
        return f"counts {plain(entry.counted)}: {rule.words} takes {plain(-rule.cap)} at most"
    if entry.points < 0:
        return f"counts {plain(entry.counted)}: penalties take {plain(-caps.penalty_floor)} at most"
    if entry.counted < entry.after_group:
        limit = f"intent is capped at {plain(caps.cap)}"
    elif entry.after_group < entry.after_rule:
        limit = f"{entry.group.replace('_', ' ')} is capped at {plain(caps.groups[entry.group])}"
    else:
        limit = f"{rule.words} is capped at {plain(rule.cap)}"
    return f"counts {plain(entry.counted)}: {limit}"


def called(scored: Scored) -> str:
    """What an act is called: by its own name if its rule says so and it has one, else by the rule's words."""
    name = scored.act.name if scored.rule.named else None
    if name:
        return name.replace("-", " ").replace("_", " ")
    return scored.rule.words
