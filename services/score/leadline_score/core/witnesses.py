"""Values for which a rule counts: found by trying all that the conditions around it can tell apart.

Conditions only compare a field with the values they name. So what they name, the numbers beside it, something that
none of them names, and unknown are all the cases there are (but for texts that hold several of the words).
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from leadline_runtime.core.conditions import Condition
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.event import Instant
from leadline_score.core.matching import rule_of
from leadline_score.core.rulebook import ActRule, FitRule, Match, ScoreRules

Values = dict[str, Any]
MOST = 20_000  # combinations that are tried for one rule
SOMETHING = "something"  # a value that no rule names


def cases(conditions: Iterable[Condition], known: Mapping[str, Any]) -> dict[str, list[Any]]:
    """By field the values to try: those named first; of a field that is known only what is known of it."""
    asked = list(conditions)
    found: dict[str, list[Any]] = {name: [] for each in asked for name in sorted(each.fields)}
    for name, value in [pair for each in asked for pair in each.named]:
        found[name].append(value)
    for name, values in found.items():
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        beside = [near for v in numbers for near in (v - 1, v + 1)]
        flags = [True, False] if any(isinstance(v, bool) for v in values) else []
        values += [*beside, *flags, SOMETHING, None]
        if known.get(name) is not None:
            found[name] = [known[name]]
    return found


def answers(rule: FitRule, place: int, known: Mapping[str, Any]) -> Iterator[Values]:
    """Values of the unknown facts for which the level at `place` of the rule is the one that counts."""
    tried = cases([level.when for level in rule.levels[: place + 1]], known)
    for values in _products(tried):
        whole = {**known, **values}
        first = next((n for n, level in enumerate(rule.levels) if level.when.check(whole)), None)
        if first == place:
            yield {name: value for name, value in values.items() if known.get(name) is None and value is not None}


def example(rule: ActRule, rules: ScoreRules, when: Instant) -> Activity | None:
    """An act at `when` that counts under the rule; None if no act does."""
    for by_request, index in ((True, rules.acts.by_request), (False, rules.acts.by_kind)):
        for key, matches in index.items():
            if any(match.rule is rule for match in matches):
                kind, request = ("form.submitted", key) if by_request else (key, None)
                found = _act(rule, rules, matches, {"kind": kind, "request_type": request, "occurred_at": when})
                if found is not None:
                    return found
    return None


def instead(rule: ActRule, rules: ScoreRules, when: Instant) -> ActRule | None:
    """A rule that takes an act which this one speaks of as well; None if there is no such act."""
    for kind, matches in rules.acts.by_kind.items():
        for match in [match for match in matches if match.rule is rule]:
            for values in _products(cases([match.when] if match.when else [], {})):
                if match.when is None or match.when.check(values):
                    given = {"kind": kind, "request_type": None, "occurred_at": when}
                    act = _made(rule, {**given, **values})
                    if act is not None:
                        return rule_of(act, rules)
    return None


def _act(rule: ActRule, rules: ScoreRules, matches: Iterable[Match], given: Values) -> Activity | None:
    for values in _products(cases([match.when for match in matches if match.when is not None], {})):
        act = _made(rule, {**given, **values})
        if act is not None and rule_of(act, rules) is rule:
            return act
    return None


def _made(rule: ActRule, values: Values) -> Activity | None:
    try:
        return Activity(
            id=UUID(int=rule.place),
            origin=UUID(int=0),
            received_at=values["occurred_at"],
            actor=Actor(kind="lead"),
            **{name: value for name, value in values.items() if value is not None},
        )
    except ValidationError:  # an act may not have such a value
        return None


def _products(tried: Mapping[str, list[Any]]) -> Iterator[Values]:
    names = sorted(tried)
    for values in islice(product(*[tried[name] for name in names]), MOST):
        yield dict(zip(names, values, strict=True))
