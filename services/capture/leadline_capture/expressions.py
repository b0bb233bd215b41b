"""The expressions of mappings: JMESPath with functions that mappings need."""

from collections.abc import Mapping
from typing import Any, Final

from leadline_capture.core import functions, pieces, shapes
from leadline_capture.core.surroundings import Expression, Surroundings
from leadline_capture.mail import mail_within
from leadline_runtime.expressions import ANY, EXPRESSION, Functions, Language, called, signature


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
        return functions.by(items, called(key), called(value))

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


OURS: Final = (
    "body", "query", "by", "divided", "first", "joined", "lookup", "lower", "mail", "nested", "parse_json",
    "parse_time", "pick", "plain", "primary", "snake", "split", "split_name", "valued", "without", "without_prefix",
)  # fmt: skip
LANGUAGE: Final[Language[Surroundings]] = Language(MappingFunctions, frozenset(MappingFunctions.FUNCTION_TABLE), OURS)


def compiled(text: str) -> Expression:
    """The expression in `text`. Raises ValueError saying where it is wrong, or which function there is not."""
    return LANGUAGE.compiled(text)
