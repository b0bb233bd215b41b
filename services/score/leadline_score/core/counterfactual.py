"""What would make a lead hot, or an MQL: the smallest sets of single acts and facts that would reach it as of now.

Never a guess: each set is judged with the lead, as if the acts happened at `as_of` and the facts were known then. It
costs hundreds of judgements, so it is told to who asks and is on no event.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Literal, NamedTuple

from leadline_schemas.activity import Activity
from leadline_schemas.lead import Request
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import instant, thousandths
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.core.supposing import supposed_fact
from leadline_score.core.witnesses import example

LARGEST = 3  # changes in one set
MOST_JUDGED = 1500  # sets; beyond that what was found is told as incomplete
Goal = Literal["hot", "mql"]
_REACHED: dict[Goal, Callable[[Scorecard], bool]] = {
    "hot": lambda card: card.temperature == "hot",
    "mql": lambda card: card.mql,
}


class Change(NamedTuple):
    """An act that the lead does, or a fact that becomes known. `gain`: what it alone adds to the total, thousandths."""

    kind: Literal["act", "fact"]
    name: str
    words: str
    act: Activity | None = None
    facts: Mapping[str, Any] = {}
    gain: int = 0


class Counterfactual(NamedTuple):
    """A smallest set that reaches the goal: without any one of its changes it does not. What the lead would be then."""

    goal: Goal
    changes: tuple[Change, ...]
    total: int
    grade: str


class Counterfactuals(NamedTuple):
    """By goal, those of fewest changes first, then those that add most; none for a goal that is reached already.

    `complete`: there are no others of up to three changes.
    """

    hot: tuple[Counterfactual, ...]
    mql: tuple[Counterfactual, ...]
    complete: bool


def counterfactuals(
    evidence: Evidence, rules: ScoreRules, as_of: int, most_judged: int = MOST_JUDGED
) -> Counterfactuals:
    """Search all sets of up to three changes, the smallest first. None of a lead that must not be profiled."""
    if evidence.withheld:
        return Counterfactuals((), (), complete=True)
    now = judge(evidence, rules, as_of).card
    evidence = replace(evidence, mark=None)
    candidates = _candidates(evidence, rules, as_of, now)
    open_goals: list[Goal] = [goal for goal, reached in _REACHED.items() if not reached(now)]
    if now.vetoes and "mql" in open_goals:
        open_goals.remove("mql")  # whatever the lead does
    found: dict[Goal, list[tuple[frozenset[int], Counterfactual]]] = {"hot": [], "mql": []}
    judged, complete = len(candidates), True
    for places in _sets(len(candidates)) if open_goals else ():
        wanted = [goal for goal in open_goals if not any(less <= places for less, _ in found[goal])]
        if not wanted:
            continue
        if judged >= most_judged:
            complete = False
            break
        judged += 1
        chosen = [candidates[place] for place in sorted(places)]
        card = judge(with_changes(evidence, chosen), rules, as_of).card
        for goal in wanted:
            if _REACHED[goal](card):
                told = Counterfactual(goal, tuple(chosen), thousandths(card.total), card.grade)
                found[goal].append((places, told))
    hot, mql = [_sorted([told for _, told in found[goal]]) for goal in ("hot", "mql")]
    return Counterfactuals(hot, mql, complete)


def _sets(candidates: int) -> Iterator[frozenset[int]]:
    for size in range(1, LARGEST + 1):
        for places in combinations(range(candidates), size):
            yield frozenset(places)


def _sorted(found: Sequence[Counterfactual]) -> tuple[Counterfactual, ...]:
    return tuple(sorted(found, key=lambda each: (len(each.changes), -each.total)))


def _candidates(evidence: Evidence, rules: ScoreRules, as_of: int, now: Scorecard) -> list[Change]:
    """Each act and each unknown fact that adds anything, the greatest gain first."""
    found = [_of_act(rule, rules, as_of) for rule in act_rules(rules) if rule.points > 0]
    offered = [each for each in found if each is not None]
    for called in dict.fromkeys(rule.called for rule in rules.fit if evidence.known.get(rule.fact) is None):
        supposed = supposed_fact(called, evidence.known, rules)
        if supposed is not None:
            offered.append(Change("fact", called, supposed.words, facts=supposed.values))
    weighed = [_weighed(each, evidence, rules, as_of, now) for each in offered]
    kept = [(rise, each) for rise, each in weighed if rise > 0]
    kept.sort(key=lambda pair: -pair[0])
    return [each for _, each in kept]


def _weighed(change: Change, evidence: Evidence, rules: ScoreRules, as_of: int, now: Scorecard) -> tuple[int, Change]:
    """The change with its gain, and what it adds before floors: what is below zero may still add up with others."""
    card = judge(with_changes(evidence, [change]), rules, as_of).card
    gain = thousandths(card.total) - thousandths(now.total)
    rise = _before_floors(card) - _before_floors(now)
    if card.mql and not now.mql:  # a hand raise, though no cap had room for its points
        rise = max(rise, 1)
    return rise, change._replace(gain=gain)


def _before_floors(card: Scorecard) -> int:
    return thousandths(card.fit.known) + thousandths(card.intent.known)


def _of_act(rule: ActRule, rules: ScoreRules, as_of: int) -> Change | None:
    act = example(rule, rules, instant(as_of))
    return None if act is None else Change("act", rule.name, rule.words, act)


def with_changes(evidence: Evidence, changes: Sequence[Change]) -> Evidence:
    """The evidence as it would be with these changes."""
    acts = [each.act for each in changes if each.act is not None]
    requests = [
        Request(id=act.id, type=act.request_type, start=act.occurred_at, received_at=act.received_at, origin=act.origin)
        for act in acts
        if act.request_type is not None
    ]
    known = dict(evidence.known)
    for each in changes:
        known.update(each.facts)
    return replace(evidence, known=known, acts=[*evidence.acts, *acts], requests=[*evidence.requests, *requests])


def act_rules(rules: ScoreRules) -> list[ActRule]:
    """All act rules in the order of the file."""
    indexes = (rules.acts.by_request, rules.acts.by_kind)
    found = {m.rule.place: m.rule for index in indexes for matches in index.values() for m in matches}
    return [found[place] for place in sorted(found)]
