"""JMESPath expressions of rules files, compiled once. The only file that knows the JMESPath library."""

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.functions import signature as untyped_signature

from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.values import dataclass

__all__ = ["ANY", "EXPRESSION", "PLAIN", "Functions", "Language", "called", "names_in", "signature"]

ANY: dict[str, list[str]] = {"types": []}
EXPRESSION: dict[str, list[str]] = {"types": ["expref"]}
C = TypeVar("C")
F = TypeVar("F", bound=Callable[..., Any])


def signature(*arguments: dict[str, list[str]]) -> Callable[[F], F]:
    """The library's decorator, with its type: what a function of ours takes."""
    decorator: Callable[[F], F] = untyped_signature(*arguments)
    return decorator


def called(expression: Any) -> Callable[[Any], Any]:
    """An expression that was given to a function of ours (`&a.b`), as a function of an item."""
    return lambda item: expression.visit(expression.expression, item)


@dataclass(frozen=True, slots=True)
class Language(Generic[C]):
    """JMESPath with functions of ours. functions: those of one evaluation, by what they may look at; ours: their names,
    for whoever calls one that there is not."""

    functions: Callable[[C], Any]
    known: frozenset[str]
    ours: tuple[str, ...] = ()

    def compiled(self, text: str) -> Callable[[Any, C], Any]:
        """The expression in `text`, to be evaluated on an item; it raises ExpressionFailed where it does not fit.

        Raises ValueError saying where the text is wrong, or which function there is not.
        """
        found = _parsed(text)
        unknown = sorted({name for name in _called_functions(found.parsed) if name not in self.known})
        if unknown:
            ours = f"; ours are {', '.join(self.ours)}" if self.ours else ""
            raise ValueError(f"calls {unknown[0]}(), which there is not{ours}")
        path = _plain_path(found.parsed)
        return _walk(path) if path is not None else self._interpreted(found)

    def _interpreted(self, found: Any) -> Callable[[Any, C], Any]:
        def evaluated(item: Any, around: C) -> Any:
            try:
                return found.search(item, jmespath.Options(custom_functions=self.functions(around)))
            except JMESPathError as error:
                # The library's texts quote the value.
                raise ExpressionFailed(f"the expression does not fit what came ({type(error).__name__})") from None
            except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError, RecursionError) as error:
                raise ExpressionFailed(f"the expression failed ({type(error).__name__})") from None

        return evaluated


# Without any function of ours, and nothing to look at but the item.
PLAIN: Final[Language[None]] = Language(lambda _: Functions(), frozenset(Functions.FUNCTION_TABLE))


def names_in(text: str) -> frozenset[str]:
    """The names of all fields that an expression looks at. Raises ValueError for a text that is none."""
    return frozenset(_fields(_parsed(text).parsed))


def _parsed(text: str) -> Any:
    try:
        return jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"is no JMESPath expression: {str(error).splitlines()[0]}") from None


def _walk(path: tuple[str, ...]) -> Callable[[Any, C], Any]:
    """A plain path `a.b.c` without the interpreter: most fields are one, and it costs a thirtieth."""

    def walked(item: Any, around: C) -> Any:
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
