"""JMESPath expressions of mappings, compiled once. The only file that knows the JMESPath library."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.functions import signature as untyped_signature

from leadline_capture.core import functions, pieces, shapes
from leadline_capture.core.surroundings import Expression, ExpressionFailed, Surroundings
from leadline_capture.mail import mail_within

ANY: dict[str, list[str]] = {"types": []}
EXPRESSION: dict[str, list[str]] = {"types": ["expref"]}
F = TypeVar("F", bound=Callable[..., Any])


def signature(*arguments: dict[str, list[str]]) -> Callable[[F], F]:
    """The library's decorator, with its type: what a function of ours takes."""
    decorator: Callable[[F], F] = untyped_signature(*arguments)
    return decorator


class MappingFunctions(Functions):  # type: ignore[misc]  # the library has no types
    """JMESPath's own functions and ours; `body()` and `query()` look beyond the item."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around

    @signature()
    def _func_body(self) -> Any:
        return self._around.body

    @signature()
    def _func_query(self) -> Mapping[str, str]:
        return self._around.query

    @signature(ANY, EXPRESSION, EXPRESSION)
    def _func_by(self, items: Any, key: Any, value: Any) -> dict[str, Any]:
        return functions.by(items, _called(key), _called(value))

    @signature(ANY, ANY)
    def _func_pick(self, values: Any, key: Any) -> Any:
        return functions.pick(values, key)

    @signature(ANY, ANY)
    def _func_without(self, values: Any, names: Any) -> dict[str, Any]:
        return functions.without(values, names)

    @signature(ANY)
    def _func_parse_json(self, text: Any) -> Any:
        return functions.parse_json(text)

    @signature(ANY)
    def _func_lower(self, text: Any) -> str | None:
        return functions.lower(text)

    @signature(ANY)
    def _func_plain(self, text: Any) -> str | None:
        return functions.plain(text)

    @signature(ANY)
    def _func_snake(self, values: Any) -> dict[str, Any]:
        return functions.snake(values)

    @signature(ANY)
    def _func_mail(self, text: Any) -> dict[str, Any] | None:
        return mail_within(text)

    @signature(ANY, ANY)
    def _func_split(self, text: Any, separator: Any) -> list[str] | None:
        return functions.split(text, separator)

    @signature(ANY)
    def _func_first(self, value: Any) -> Any:
        return pieces.first(value)

    @signature(ANY)
    def _func_primary(self, value: Any) -> Any:
        return pieces.primary(value)

    @signature(ANY, ANY)
    def _func_joined(self, parts: Any, separator: Any) -> str | None:
        return pieces.joined(parts, separator)

    @signature(ANY)
    def _func_split_name(self, text: Any) -> dict[str, str | None]:
        return pieces.split_name(text)

    @signature(ANY, ANY)
    def _func_lookup(self, value: Any, table: Any) -> Any:
        return pieces.lookup(value, table)

    @signature(ANY, ANY, ANY)
    def _func_parse_time(self, value: Any, form: Any, zone: Any) -> str | None:
        return pieces.parse_time(value, form, zone)

    @signature(ANY)
    def _func_nested(self, values: Any) -> Any:
        return shapes.nested(values)

    @signature(ANY, ANY)
    def _func_without_prefix(self, values: Any, prefix: Any) -> dict[str, Any]:
        return shapes.without_prefix(values, prefix)

    @signature(ANY)
    def _func_valued(self, values: Any) -> dict[str, Any]:
        return shapes.valued(values)

    @signature(ANY, ANY)
    def _func_divided(self, value: Any, by: Any) -> str | None:
        return shapes.divided(value, by)


def compiled(text: str) -> Expression:
    """The expression in `text`. Raises ValueError saying where it is wrong, or which function there is not."""
    try:
        found = jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"is no JMESPath expression: {str(error).splitlines()[0]}") from None
    unknown = sorted({name for name in _called_functions(found.parsed) if name not in MappingFunctions.FUNCTION_TABLE})
    if unknown:
        raise ValueError(f"calls {unknown[0]}(), which there is not; ours are {', '.join(OURS)}")
    path = _plain_path(found.parsed)
    return _walk(path) if path is not None else _interpreted(found)


OURS = (
    "body", "query", "by", "divided", "first", "joined", "lookup", "lower", "mail", "nested", "parse_json",
    "parse_time", "pick", "plain", "primary", "snake", "split", "split_name", "valued", "without", "without_prefix",
)  # fmt: skip


def names_in(text: str) -> frozenset[str]:
    """The names of all fields that an expression looks at. Raises ValueError as `compiled` does."""
    compiled(text)
    return frozenset(_fields(jmespath.compile(text).parsed))


def _interpreted(found: Any) -> Expression:
    def evaluated(item: Any, around: Surroundings) -> Any:
        try:
            return found.search(item, jmespath.Options(custom_functions=MappingFunctions(around)))
        except JMESPathError as error:
            # The library's texts quote the value.
            raise ExpressionFailed(f"the expression does not fit what came ({type(error).__name__})") from None
        except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError) as error:
            raise ExpressionFailed(f"the expression failed ({type(error).__name__})") from None

    return evaluated


def _walk(path: tuple[str, ...]) -> Expression:
    """A plain path `a.b.c` without the interpreter: most fields are one, and it costs a thirtieth."""

    def walked(item: Any, around: Surroundings) -> Any:
        for step in path:
            if not isinstance(item, dict):
                return None
            item = item.get(step)
        return item

    return walked


def _plain_path(node: Any) -> tuple[str, ...] | None:
    if node["type"] == "current":
        return ()
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] != "subexpression":
        return None
    parts = [_plain_path(child) for child in node["children"]]
    return None if None in parts else tuple(step for part in parts if part for step in part)


def _called_functions(node: Any) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node.get("children", ()):
        yield from _called_functions(child)


def _fields(node: Any) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node.get("children", ()):
        yield from _fields(child)


def _called(expression: Any) -> Callable[[Any], Any]:
    return lambda item: expression.visit(expression.expression, item)
