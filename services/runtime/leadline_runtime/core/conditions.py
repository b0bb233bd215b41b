"""The one language of conditions in rules files, compiled once to closures.

`{country: {in: [DE, AT]}, employees: {gte: 1000}}` holds if all of it holds; `any: [..]`, `all: [..]` and `not: {..}`
combine; `{}` always holds. Matchers of one field: a bare scalar (equals), `eq`, `ne`, `in`, `not_in`, `gte`, `gt`,
`lte`, `lt`, `exists`, `contains_word` (whole words, any case), `starts_with` (a list of texts), `between` (two texts of
one length: how the value begins). An unknown value fails every matcher but
`exists: false`; `not` turns round whatever stands in it, so `not: {country: DE}` holds for an unknown country and
`{ne: DE}` does not.
"""

from collections.abc import Callable, Mapping
from typing import Any

from leadline_runtime.core.matchers import Matcher, Place, Scalar, closest, compile_matcher, empty, is_scalar
from leadline_runtime.core.values import dataclass

Check = Callable[[Mapping[str, Any]], bool]
COMBINERS: frozenset[str] = frozenset({"any", "all", "not"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled condition. Compiled from the same content it gives the same answers and the same words.

    `fields` are all that it asks: on equal values of these it gives the same answer. `named` are the values that its
    matchers name, by field: what lies between two of them is answered alike.
    """

    check: Check
    text: str
    parts: int = 1
    fields: frozenset[str] = frozenset()
    named: tuple[tuple[str, Scalar], ...] = ()

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Is it true of these values? A field that is missing is unknown."""
        return self.check(values)

    def words(self) -> str:
        """The condition in plain words, for explanations: `country is DE or AT and employees is at least 1,000`."""
        return self.text


def compile_condition(content: Any, fields: frozenset[str], file: str, path: str) -> Condition:
    """The condition that `content` (read from YAML) states over `fields`. Raises RulesError naming file and path."""
    return _compile(content, fields, Place(file, path))


def _compile(content: Any, fields: frozenset[str], place: Place) -> Condition:
    if not isinstance(content, dict):
        raise place.error(f"needs conditions by field, got {type(content).__name__}, e.g. {{country: DE}}")
    return _all([_entry(key, value, fields, place.at(key)) for key, value in content.items()])


def _entry(key: Any, value: Any, fields: frozenset[str], place: Place) -> Condition:
    if key == "not":
        inner = _compile(value, fields, place)
        check = inner.check
        return Condition(
            lambda values: not check(values), f"not ({inner.text})", fields=inner.fields, named=inner.named
        )
    if key in COMBINERS:
        if not isinstance(value, list) or not value:
            raise place.error(f"needs a list of conditions, got {type(value).__name__}, e.g. [{{country: DE}}]")
        inners = [_compile(each, fields, place.at(index)) for index, each in enumerate(value)]
        return _any(inners) if key == "any" else _all(inners)
    if key not in fields:
        raise place.error(f"{key!r} is no field that can be asked here; {closest(key, fields | COMBINERS)}")
    return _field(key, value, place)


def _field(field: str, content: Any, place: Place) -> Condition:
    if is_scalar(content):
        content = {"eq": content}
    if not isinstance(content, dict) or not content:
        raise place.error(f"needs a value or a matcher, got {type(content).__name__}, e.g. DE or {{in: [DE, AT]}}")
    name = field.replace("_", " ")
    parts: list[Condition] = []
    for key, operand in content.items():
        if key == "exists":
            parts.append(_exists(field, name, operand, place.at(key)))
        else:
            parts.append(_known(field, name, compile_matcher(key, operand, place.at(key))))
    return _all(parts)


def _exists(field: str, name: str, operand: Any, place: Place) -> Condition:
    if not isinstance(operand, bool):
        raise place.error(f"needs true or false, got {type(operand).__name__}")
    if operand:
        return Condition(lambda values: not _unknown(values.get(field)), f"{name} is known", fields=frozenset({field}))
    return Condition(lambda values: _unknown(values.get(field)), f"{name} is unknown", fields=frozenset({field}))


def _known(field: str, name: str, matcher: Matcher) -> Condition:
    test = matcher.test

    def check(values: Mapping[str, Any]) -> bool:
        value = values.get(field)
        return value is not None and test(value)

    named = tuple((field, value) for value in matcher.named)
    return Condition(check, f"{name} {matcher.words}", fields=frozenset({field}), named=named)


def _unknown(value: Any) -> bool:
    return value is None or empty(value)


def _all(parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    text = " and ".join(f"({p.text})" if " or " in p.text and p.parts > 1 else p.text for p in parts) or "always"
    return Condition(_every(tuple(part.check for part in parts)), text, len(parts), _asked(parts), _named(parts))


def _named(parts: list[Condition]) -> tuple[tuple[str, Scalar], ...]:
    return tuple(pair for part in parts for pair in part.named)


def _asked(parts: list[Condition]) -> frozenset[str]:
    return frozenset().union(*[part.fields for part in parts])


def _every(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 2:  # by far the most common, and a loop costs more than the checks
        first, second = checks
        return lambda values: first(values) and second(values)

    def check(values: Mapping[str, Any]) -> bool:
        for each in checks:  # noqa: SIM110  (a generator costs more than the checks)
            if not each(values):
                return False
        return True

    return check


def _any(parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    checks = tuple(part.check for part in parts)
    text = " or ".join(f"({part.text})" if part.parts > 1 else part.text for part in parts)
    return Condition(_either(checks), text, len(parts), _asked(parts), _named(parts))


def _either(checks: tuple[Check, ...]) -> Check:
    def check(values: Mapping[str, Any]) -> bool:
        for each in checks:  # noqa: SIM110  (a generator costs more than the checks)
            if each(values):
                return True
        return False

    return check
