"""A written condition as its cases: sets of single demands that must all hold; it holds if all demands of one case do.

What is concluded from them is right of every lead; what they do not show is not concluded.
"""

import json
from collections.abc import Collection, Mapping
from itertools import product
from typing import Any

from leadline_runtime.core.values import dataclass

MOST_CASES = 256
_UNSHOWN = frozenset({"contains_word", "starts_with", "between"})
_BELOW: Mapping[str, str] = {"gte": "gt", "lte": "lt"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What one matcher asks of one field. `field` empty: something that is only compared with itself (`not`)."""

    field: str
    matcher: str
    operand: Any  # of eq, in, ne, not_in a frozenset of keys; a number; true or false; else its text

    def implies(self, other: "Demand", several: Collection[str] = ()) -> bool:
        """Does a value that fits this fit `other`? `several`: fields that may hold several values at once."""
        if self == other or self.field != other.field or not self.field:
            return self == other
        if other.matcher == "exists":
            return bool(other.operand) and self.matcher != "exists"
        if self.matcher == other.matcher and self.matcher in ("in", "not_in"):
            return bool(self.operand <= other.operand if self.matcher == "in" else self.operand >= other.operand)
        if self.field in several:
            return False
        if self.matcher == "in":
            return all(_fits(key, other) for key in self.operand)
        return _bound_implies(self, other)

    def excludes(self, other: "Demand", several: Collection[str] = ()) -> bool:
        """Can no value fit both?"""
        if self.field != other.field or not self.field:
            return False
        if "exists" in (self.matcher, other.matcher):
            one, two = (self, other) if self.matcher == "exists" else (other, self)
            return not one.operand and (two.matcher != "exists" or bool(two.operand))
        if self.field in several:
            return False
        if self.matcher == "in":
            return not any(_may_fit(key, other) for key in self.operand)
        return other.matcher == "in" and other.excludes(self)


Case = frozenset[Demand]


def cases(when: Mapping[str, Any]) -> list[Case] | None:
    """The cases of a condition; None if there are too many to look at."""
    found: list[Case] = [frozenset()]
    for key, content in when.items():
        more = _entry(key, content)
        if more is None or len(found) * len(more) > MOST_CASES:
            return None
        found = [one | other for one in found for other in more]
    return found


def possible(case: Case, several: Collection[str] = ()) -> bool:
    """May there be a lead that fits? False: two of its demands contradict each other."""
    demands = list(case)
    if any(one.excludes(other, several) for at, one in enumerate(demands) for other in demands[at + 1 :]):
        return False
    # Values that each fit some demand but none all of them, or numbers between bounds that cross.
    for field in {each.field for each in demands if each.field and each.field not in several}:
        own = [each for each in demands if each.field == field]
        named = [each.operand for each in own if each.matcher == "in"]
        if named and not any(all(_may_fit(key, each) for each in own) for key in frozenset.intersection(*named)):
            return False
        if _crossed(own):
            return False
    return True


def covers(wide: Case, narrow: Case, several: Collection[str] = ()) -> bool:
    """Does whatever fits `narrow` fit `wide`?"""
    return all(any(have.implies(want, several) for have in narrow) for want in wide)


def pieces(case: Case) -> list[Case]:
    """The case in parts, by the values that it names: a lead that fits it fits one of them."""
    named = [each for each in case if each.matcher == "in" and len(each.operand) > 1]
    ways = 1
    for each in named:
        ways *= len(each.operand)
    if not named or ways > MOST_CASES:
        return [case]
    rest = case - frozenset(named)
    singles = [[Demand(each.field, "in", frozenset({key})) for key in each.operand] for each in named]
    return [rest | frozenset(chosen) for chosen in product(*singles)]


def _entry(key: str, content: Any) -> list[Case] | None:
    if key == "not":
        return [frozenset({Demand("", "not", _text(content))})]
    if key in ("any", "all"):
        inner = [cases(each) for each in content]
        known = [each for each in inner if each is not None]
        if len(known) < len(inner):
            return None
        if key == "any":
            return [case for each in known for case in each]
        return [frozenset().union(*chosen) for chosen in product(*known)]
    if not isinstance(content, dict):
        content = {"eq": content}
    return [frozenset(_demand(key, matcher, operand) for matcher, operand in content.items())]


def _demand(field: str, matcher: str, operand: Any) -> Demand:
    if matcher in ("eq", "in"):
        return Demand(field, "in", frozenset(map(_key, operand if matcher == "in" else [operand])))
    if matcher in ("ne", "not_in"):
        return Demand(field, "not_in", frozenset(map(_key, operand if matcher == "not_in" else [operand])))
    if matcher in ("gte", "gt", "lte", "lt", "exists"):
        return Demand(field, matcher, operand)
    return Demand(field, matcher, _text(operand))


def _key(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value  # 1 equals True in Python, but not for the author of a rule


def _text(content: Any) -> str:
    return json.dumps(content, sort_keys=True, default=str)


def _fits(key: tuple[bool, Any], demand: Demand) -> bool:
    """Does this value surely fit?"""
    flag, value = key
    if demand.matcher == "in":
        return key in demand.operand
    if demand.matcher == "not_in":
        return key not in demand.operand
    if demand.matcher in ("gte", "gt", "lte", "lt"):
        if flag or isinstance(value, str):
            return False
        return _compared(demand.matcher, value, demand.operand)
    return demand.matcher == "exists" and bool(demand.operand)


def _may_fit(key: tuple[bool, Any], demand: Demand) -> bool:
    """May this value fit, as far as the demand shows it?"""
    return demand.matcher in _UNSHOWN or _fits(key, demand)


def _compared(matcher: str, value: Any, bound: Any) -> bool:
    if matcher in ("gte", "lte") and value == bound:
        return True
    return bool(value > bound) if matcher in ("gte", "gt") else bool(value < bound)


def _bound_implies(narrow: Demand, wide: Demand) -> bool:
    for inclusive, strict in _BELOW.items():
        if narrow.matcher in (inclusive, strict) and wide.matcher in (inclusive, strict):
            if narrow.operand == wide.operand:
                return wide.matcher == inclusive or narrow.matcher == strict
            return _compared(strict, narrow.operand, wide.operand)
    return False


def _crossed(own: list[Demand]) -> bool:
    lows = [each for each in own if each.matcher in ("gte", "gt")]
    highs = [each for each in own if each.matcher in ("lte", "lt")]
    for low, high in product(lows, highs):
        if low.operand > high.operand or (
            low.operand == high.operand and (low.matcher, high.matcher) != ("gte", "lte")
        ):
            return True
    return False
