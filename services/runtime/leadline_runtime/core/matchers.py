"""What a condition may ask of one field's value: equals, one of, at least, known, contains a word.

An unknown value (None, or an empty collection) fails every matcher but `exists: false`. Of a field that holds several
values (the vetoes of a lead) `eq` and `in` ask whether any of them fits, `ne` and `not_in` whether none does.
"""

import math
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import lru_cache
from operator import ge, gt, le, lt
from typing import Any

from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.values import dataclass

Test = Callable[[Any], bool]
Scalar = str | int | float | bool
_WORDS = re.compile(r"\w+").findall
_COLLECTIONS = (tuple, list, frozenset, set)
_NO_NUMBERS = (str, bool, *_COLLECTIONS)
SHOWN = 6  # how many values of a list an explanation names


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which rules file something stands, for errors."""

    file: str
    path: str

    def at(self, key: object) -> "Place":
        """The place of a part."""
        return Place(self.file, f"{self.path}.{key}" if self.path else str(key))

    def error(self, problem: str) -> RulesError:
        """The error that names this place."""
        return RulesError(self.file, self.path, problem)


@dataclass(frozen=True, slots=True)
class Matcher:
    """A compiled matcher: its words, to be said after the field's name, its test, and the values that it names.

    The test is asked of any value but None and is false for an empty collection.
    """

    test: Test
    words: str
    named: tuple[Scalar, ...] = ()


def closest(word: object, known: "frozenset[str] | set[str]") -> str:
    """`known` as a hint for somebody who wrote `word`: the nearest name, or all of them."""
    near = get_close_matches(str(word), sorted(known), n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"


def listed(values: "list[Any] | tuple[Any, ...]") -> str:
    """Values for people: `AT, DE or CH`, long lists cut."""
    texts = [spoken(v) for v in values]
    if len(texts) > SHOWN:
        return f"one of {', '.join(texts[: SHOWN - 1])} and {len(texts) - SHOWN + 1} more"
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def spoken(value: Any) -> str:
    """A value for people: numbers with thousands separators, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def compile_matcher(name: str, operand: Any, place: Place) -> Matcher:
    """One matcher, e.g. `gte` with 1000. Raises RulesError."""
    build = _BUILDERS.get(name)
    if build is None:
        raise place.error(f"{name!r} is no matcher; {closest(name, MATCHERS)}")
    return build(operand, place)


def is_scalar(value: Any) -> bool:
    """May `value` stand in a condition: a text, a finite number, true or false."""
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def empty(value: Any) -> bool:
    """Is it a collection without values: as unknown as None?"""
    return isinstance(value, _COLLECTIONS) and not value


def _values(value: Any) -> Any:
    return value if isinstance(value, _COLLECTIONS) else (value,)


def _same(wanted: Scalar) -> Test:
    # 1 equals True in Python, but not for the author of a rule.
    if isinstance(wanted, str):
        return lambda value: value == wanted if isinstance(value, str) else wanted in _values(value)
    flag = isinstance(wanted, bool)
    return lambda value: any(v == wanted and isinstance(v, bool) is flag for v in _values(value))


def _equals(operand: Any, place: Place) -> Matcher:
    return Matcher(_same(_scalar(operand, place)), f"is {spoken(operand)}", (operand,))


def _differs(operand: Any, place: Place) -> Matcher:
    same = _same(_scalar(operand, place))
    return Matcher(lambda value: not (empty(value) or same(value)), f"is not {spoken(operand)}", (operand,))


def _any_of(operands: list[Any]) -> Test:
    if all(isinstance(o, str) for o in operands):
        wanted = frozenset(operands)
        return lambda value: (
            value in wanted
            if isinstance(value, str)
            else any(isinstance(v, str) and v in wanted for v in _values(value))
        )
    tests = [_same(o) for o in operands]
    return lambda value: any(test(value) for test in tests)


def _in(operand: Any, place: Place) -> Matcher:
    operands = _list(operand, place)
    return Matcher(_any_of(operands), f"is {listed(operands)}", tuple(operands))


def _not_in(operand: Any, place: Place) -> Matcher:
    operands = _list(operand, place)
    inside = _any_of(operands)
    return Matcher(lambda value: not (empty(value) or inside(value)), f"is not {listed(operands)}", tuple(operands))


def _compares(compare: Callable[[Any, Any], bool], words: str) -> Callable[[Any, Place], Matcher]:
    def build(operand: Any, place: Place) -> Matcher:
        if isinstance(operand, bool | str) or not is_scalar(operand):
            raise place.error(f"needs a number, got {type(operand).__name__}, e.g. 1000")
        # A text or a flag is not comparable with a number: it does not match.
        return Matcher(
            lambda value: (
                not isinstance(value, str | bool | tuple | list | frozenset | set) and compare(value, operand)
            ),
            f"{words} {spoken(operand)}",
            (operand,),
        )

    return build


def _contains_word(operand: Any, place: Place) -> Matcher:
    phrases = []
    for index, word in enumerate(_list(operand, place)):
        tokens = _tokens(word) if isinstance(word, str) else []
        if not tokens:
            raise place.at(index).error(f"needs a word, got {spoken(word)!r}, e.g. head of")
        phrases.append(tokens)
    single = frozenset(tokens[0] for tokens in phrases if len(tokens) == 1)
    longer = [f" {' '.join(tokens)} " for tokens in phrases if len(tokens) > 1]

    @lru_cache(maxsize=2048)  # the same titles and industries come again and again
    def one(value: str) -> bool:
        tokens = _tokens(value)
        text = f" {' '.join(tokens)} "
        return not single.isdisjoint(tokens) or any(phrase in text for phrase in longer)

    def check(value: Any) -> bool:
        if isinstance(value, str):
            return one(value)
        return any(isinstance(v, str) and one(v) for v in _values(value))

    return Matcher(
        check,
        f"contains {listed([f'“{w}”' for w in operand])}",
        tuple(operand),
    )


def _starts_with(operand: Any, place: Place) -> Matcher:
    prefixes = tuple(_text(each, place.at(index)) for index, each in enumerate(_list(operand, place)))
    return Matcher(
        lambda value: any(isinstance(v, str) and v.startswith(prefixes) for v in _values(value)),
        f"starts with {listed(list(prefixes))}",
        prefixes,
    )


def _between(operand: Any, place: Place) -> Matcher:
    """Texts of one length: what a value begins with lies between them, both included (postal codes)."""
    ends = [_text(each, place.at(index)) for index, each in enumerate(_list(operand, place))]
    if len(ends) != 2 or len(ends[0]) != len(ends[1]) or ends[0] > ends[1]:
        raise place.error('needs the first and the last of one length, e.g. ["80000", "81999"]')
    first, last = ends
    return Matcher(
        lambda value: any(isinstance(v, str) and first <= v[: len(first)] <= last for v in _values(value)),
        f"is between {first} and {last}",
        (first, last),
    )


def _text(operand: Any, place: Place) -> str:
    if not isinstance(operand, str) or not operand:
        raise place.error(f'needs a text, got {type(operand).__name__}; quote digits, e.g. "02134"')
    return operand


def _tokens(text: str) -> list[str]:
    return _WORDS(text.casefold())


def _scalar(operand: Any, place: Place) -> Scalar:
    if not is_scalar(operand):
        raise place.error(f"needs a text, a number, true or false, got {type(operand).__name__}")
    found: Scalar = operand
    return found


def _list(operand: Any, place: Place) -> list[Any]:
    if not isinstance(operand, list) or not operand:
        raise place.error(f"needs a list with at least one value, got {type(operand).__name__}, e.g. [DE, AT]")
    for index, each in enumerate(operand):
        _scalar(each, place.at(index))
    return operand


_BUILDERS: dict[str, Callable[[Any, Place], Matcher]] = {
    "eq": _equals,
    "ne": _differs,
    "in": _in,
    "not_in": _not_in,
    "gte": _compares(ge, "is at least"),
    "gt": _compares(gt, "is more than"),
    "lte": _compares(le, "is at most"),
    "lt": _compares(lt, "is less than"),
    "contains_word": _contains_word,
    "starts_with": _starts_with,
    "between": _between,
}
MATCHERS: frozenset[str] = frozenset(_BUILDERS) | {"exists"}
