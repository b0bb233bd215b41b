"""Intent: what they did, each act told with what is left of it after decay and each cap."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from leadline_schemas.event import filled
from leadline_schemas.scored import Contribution, Dimension, NotCounted
from leadline_score.core.clipping import Entry, Sums, clip, told
from leadline_score.core.days import words
from leadline_score.core.decay import decayed
from leadline_score.core.exact import plain, text
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.tallies import Tallies
from leadline_score.core.tally import Tally

MACHINE: Final = "machine activity never scores"
FADED: Final = "so long ago that nothing is left of it"
_dimension_of = filled(Dimension)


class Counted(Entry):
    """An act that counts, on its way through the caps."""

    __slots__ = ("scored",)

    def __init__(self, scored: Scored, points: int) -> None:
        rule = scored.rule
        super().__init__(rule.name, rule.group, points, rule.cap, scored.at, scored.number)
        self.scored = scored


class Intent(NamedTuple):
    """The judgement of what somebody did, at one instant."""

    sums: Sums
    counted: list[Counted]
    passed_over: dict[str, list[Scored]]  # by rule: what its count cap does not let count
    not_counted: list[NotCounted]


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
    return NotCounted(scored.act.id, scored.rule.rule, why)


def _contribution(entry: Counted, rules: ScoreRules, brief: bool) -> Contribution:
    scored, points, whole = entry.scored, text(entry.points), entry.counted == entry.points
    act, rule = scored.act, scored.rule
    return Contribution(
        rule.rule,
        rule.group,
        act.id,
        act.occurred_at,
        rule.points // 1000,
        points,
        points if whole else text(entry.after_rule),
        points if whole else text(entry.after_group),
        points if whole else text(entry.counted),
        "" if brief else _why(entry, rules),
    )


def _why(entry: Counted, rules: ScoreRules) -> str:
    scored = entry.scored
    rule, said = scored.rule, f"{called(scored)} on {words(scored.day)}"
    if entry.points != rule.points:
        said += f"; faded from {plain(rule.points)} to {plain(entry.points)}"
    return said if entry.counted == entry.points else f"{said}; {_capped(rule, entry, rules)}"


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
