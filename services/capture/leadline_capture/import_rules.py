"""rules/columns.yaml, checked and compiled: what the columns of CSV files are called."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from pydantic import Field

from leadline_capture.core.csv_columns import Words, columns
from leadline_capture.core.csv_targets import target
from leadline_capture.core.text import folded
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse

FILE: Final = "columns.yaml"


class HeaderExample(RulesModel):
    """A header and what its columns must become."""

    name: str
    header: Annotated[tuple[str, ...], Field(min_length=1)]
    becomes: tuple[str, ...]
    id_system: str | None = None


class ColumnsFile(RulesModel):
    """rules/columns.yaml."""

    version: date | str
    fields: dict[str, tuple[str, ...]]
    consent: tuple[str, ...] = ()
    examples: Annotated[tuple[HeaderExample, ...], Field(min_length=1)]


def build_words(content: Any, file: str = FILE) -> Words:
    """The words of the file, tried on its examples. Raises RulesError with the path of what is wrong."""
    model = parse(ColumnsFile, content, file)
    words = Words(_by_word(model, file), frozenset(map(folded, model.consent)))
    for example in model.examples:
        found = [one.target.name for one in columns(example.header, (), words, {}, example.id_system)]
        if found != list(example.becomes):
            raise RulesError(file, f"examples.{example.name}", f"gives {', '.join(found)}")
    return words


def _by_word(model: ColumnsFile, file: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, known in model.fields.items():
        if name != "external_id" and target(name) is None:
            raise RulesError(file, f"fields.{name}", "is no field of a lead; see docs/import.md for the list")
        for word in map(folded, known):
            if found.setdefault(word, name) != name:
                raise RulesError(file, f"fields.{name}", f"{word!r} stands under {found[word]} as well")
    return found


COLUMNS: Final = RulesSpec("leadline_capture", (FILE,), lambda contents: build_words(contents[FILE]))
