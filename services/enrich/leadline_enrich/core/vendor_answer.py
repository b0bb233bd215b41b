"""What a vendor's JSON says about a question: the answer, and what was odd about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from leadline_enrich.core.answers import NOT_FOUND, Answer, Reason
from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_values import READ, Kind, Unfit, instant, share
from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.values import dataclass

# An expression on a vendor's JSON. Raises ExpressionFailed where it does not fit.
Expression = Callable[[Any], Any]
# What was odd, by the name of a value or of a part of the file. Never a vendor's value.
Notes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure a vendor is of a value: always as much, or as an expression tells, out of `of`."""

    fixed: float = 1.0
    told: Expression | None = None
    of: float = 1.0


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One value. table: what the vendor's words mean; otherwise: what any other word means, None: nothing."""

    name: str
    expression: Expression
    kind: Kind
    table: Mapping[str, Any] | None = None
    otherwise: Any = None
    sureness: Sureness = Sureness()
    stated_at: Expression | None = None


@dataclass(frozen=True, slots=True)
class AnswerRules:
    """How one answer is read. item: where in the JSON it stands. missing: holds if the vendor knows nothing.

    echo: where the answer says whom it is about, and which input that must be. failed: holds if it is an error,
    whatever its status. names: of all fields that are looked at; an answer that has none of them is none.
    """

    fields: tuple[FieldRule, ...]
    names: frozenset[str]
    item: Expression | None = None
    missing: Expression | None = None
    failed: Expression | None = None
    echo: tuple[str, Expression] | None = None
    stated_at: Expression | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer; and the values that could not be used, by name, with what would have been right."""

    answer: Answer
    notes: Notes = ()


def unavailable(reason: Reason) -> Answer:
    """No answer, and why."""
    return Answer(status="unavailable", reason=reason)


def hear(rules: AnswerRules, document: Any, question: Question, now: datetime) -> Heard:
    """What a document about one question says. Never raises: what cannot be read is `garbage`."""
    try:
        item = document if rules.item is None else rules.item(document)
        reason, note = _fault(rules, document, item, question)
        if reason is not None:
            return Heard(unavailable(reason), note)
        if _is_missing(rules, document, item):
            return Heard(NOT_FOUND)
    except ExpressionFailed as failure:
        return Heard(unavailable("garbage"), (("answer", str(failure)),))
    return _heard(rules, item, now)


def hear_many(
    rules: AnswerRules, listed: Any, key: tuple[str, Expression], questions: Sequence[Question], now: datetime
) -> Mapping[Question, Heard]:
    """The same for a list of answers, each of which names its question by an input. Who is not in it is not found."""
    if not isinstance(listed, list):
        return dict.fromkeys(questions, Heard(unavailable("garbage"), (("answer", "is no list"),)))
    by_key: dict[str, Any] = {}
    for item in listed:
        try:
            for named in _named(key[1](item), key[0]):
                by_key.setdefault(named, item)
        except ExpressionFailed:
            continue
    asked = {each: _plain(each.given(key[0]) or "", key[0]) for each in questions}
    return {
        each: hear(rules, by_key[named], each, now) if named in by_key else Heard(NOT_FOUND)
        for each, named in asked.items()
    }


def _fault(rules: AnswerRules, document: Any, item: Any, question: Question) -> tuple[Reason | None, Notes]:
    """Why this is no answer, if it is none. Raises ExpressionFailed."""
    if not _empty(document) and not _names_any(document, rules.names):
        return "garbage", (("answer", "has none of the fields that are looked at"),)
    if rules.failed is not None and _true(rules.failed(document)):
        return "vendor_error", (("answer", "failed_when holds"),)
    if _is_missing(rules, document, item):
        return None, ()
    if not isinstance(item, dict | list):
        return "garbage", (("answer", "is neither an object nor a list"),)
    if rules.echo is not None and not _is_about(rules.echo[1](item), question, rules.echo[0]):
        return "mismatch", (("echo", f"names another {rules.echo[0]} than was asked for"),)
    return None, ()


def _is_missing(rules: AnswerRules, document: Any, item: Any) -> bool:
    return _empty(item) or (rules.missing is not None and _true(rules.missing(document)))


def _names_any(document: Any, names: frozenset[str]) -> bool:
    left = [document]
    while left:
        node = left.pop()
        if isinstance(node, dict):
            if not names.isdisjoint(node):
                return True
            left += node.values()
        elif isinstance(node, list):
            left += node
    return False


def _heard(rules: AnswerRules, item: Any, now: datetime) -> Heard:
    values: dict[str, Any] = {}
    confidence: dict[str, float] = {}
    stated: dict[str, datetime] = {}
    notes: list[tuple[str, str]] = []

    def take(name: str, read: Callable[..., Any], *given: Any) -> Any:
        try:
            return read(*given)
        except (Unfit, ExpressionFailed) as fault:
            notes.append((name, str(fault)))
            return None

    for field in rules.fields:
        value = take(field.name, _value, field, item)
        if value is None:
            continue
        values[field.name] = value
        sure = take(f"{field.name}.confidence", _sure, field.sureness, item)
        if sure is not None and sure < 1:
            confidence[field.name] = sure
        if (at := take(f"{field.name}.stated_at", _at, field.stated_at, item, now)) is not None:
            stated[field.name] = at
    if not values:
        return Heard(unavailable("garbage") if notes else NOT_FOUND, tuple(notes))
    stated_at = take("stated_at", _at, rules.stated_at, item, now)
    answer = Answer(status="found", values=values, stated_at=stated_at, confidence=confidence, stated=stated)
    return Heard(answer, tuple(notes))


def _value(field: FieldRule, item: Any) -> Any:
    value = field.expression(item)
    if _empty(value):
        return None
    if field.table is not None:
        known = field.table.get(str(value).strip().lower()) if isinstance(value, str | int) else None
        value = field.otherwise if known is None else known
    return None if value is None else READ[field.kind](value)


def _sure(sureness: Sureness, item: Any) -> float | None:
    if sureness.told is None:
        return sureness.fixed
    value = sureness.told(item)
    return None if value is None else share(value, sureness.of)


def _at(expression: Expression | None, item: Any, now: datetime) -> datetime | None:
    value = None if expression is None else expression(item)
    return None if _empty(value) else instant(value, now)


def _is_about(value: Any, question: Question, name: str) -> bool:
    asked = _plain(question.given(name) or "", name)
    return any(named == asked or (name == "domain" and named.endswith(f".{asked}")) for named in _named(value, name))


def _named(value: Any, name: str) -> list[str]:
    return [_plain(each, name) for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _plain(value: str, name: str) -> str:
    """An input as it is compared: a domain may come as an address, with www, or with a dot at its end."""
    value = value.strip().casefold()
    if name != "domain":
        return value
    try:
        host = urlsplit(value if "//" in value else f"//{value}").hostname
    except ValueError:
        return value
    return (host or "").removeprefix("www.").rstrip(".")


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip())


def _true(value: Any) -> bool:
    return value is not False and not _empty(value)
