"""Which column is which field: guessed from the header, from values where that is safe, or as a person says."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from leadline_capture.core.csv_rows import Row
from leadline_capture.core.csv_targets import Target, target
from leadline_capture.core.text import folded, words
from leadline_runtime.core.values import dataclass

_EMAIL: Final = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]{2,}")
# A header that looks like somebody's data is not repeated in reports: the file may have no header at all.
_NAMELIKE: Final = re.compile(r"[^@]{1,60}")
# What programs put in front of a field's name; some names mean something else without it.
_PREFIXES: Final = frozenset({"lead", "contact", "person", "prospect", "kontakt", "your", "ihre", "votre"})
_NEED_PREFIX: Final = frozenset({"id", "source", "number", "created"})


class BadMapping(ValueError):
    """A mapping that a person gave cannot be used. The text says why and what would be right."""


@dataclass(frozen=True, slots=True)
class Words:
    """What headers are called, folded (rules/columns.yaml). `fields`: by target. `consent`: they grant something, and
    only a person can say what; they are named and never guessed."""

    fields: Mapping[str, str]
    consent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title`: fit for reports; `by`: how its target was found (given, header, values, none)."""

    title: str
    target: Target
    by: str


def titles(header: Sequence[str]) -> list[str]:
    """A name for each column: empty ones are numbered, those that come again too."""
    found: list[str] = []
    seen: Counter[str] = Counter()
    for place, cell in enumerate(header, 1):
        title = " ".join(cell.split())
        if not title.isprintable() or not _NAMELIKE.fullmatch(title) or _digits(title) > 5:
            title = f"column {place}"
        seen[title.casefold()] += 1
        again = seen[title.casefold()]
        found.append(title if again == 1 else f"{title} ({again})")
    return found


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def is_header(cells: Sequence[str]) -> bool:
    """Whether the first row names columns. One that holds an address or a long number is a row like the others."""
    return not any(_EMAIL.fullmatch(cell.strip()) or _digits(cell) > 5 for cell in cells)


def columns(
    header: Sequence[str], sample: Sequence[Row], known: Words, given: Mapping[str, str], id_system: str | None
) -> tuple[Column, ...]:
    """Every column with its target. `given`: what a person said, by title or number. Raises BadMapping."""
    names = titles(header)
    said = _said(names, given)
    found: list[Column] = []
    for place, name in enumerate(names):
        if place in said:
            found.append(Column(name, said[place], "given"))
            continue
        guess = _by_header(header[place], known, id_system)
        found.append(Column(name, guess or _target("extra"), "header" if guess else "none"))
    taken = {column.target.name for column in found}
    for place, column in enumerate(found):
        if "email" not in taken and column.by == "none" and _are_addresses(place, sample):
            found[place] = Column(column.title, _target("email"), "values")
            taken.add("email")
    return tuple(found)


def asks_consent(column: Column, known: Words) -> bool:
    """Whether a column seems to say that somebody agreed to something, and nobody said to what."""
    return column.by == "none" and folded(_base(column.title)) in known.consent


def _base(title: str) -> str:
    return re.sub(r" \(\d+\)$", "", title)


def _target(name: str) -> Target:
    found = target(name)
    assert found is not None, name
    return found


def _said(names: Sequence[str], given: Mapping[str, str]) -> dict[int, Target]:
    places = {name.casefold(): place for place, name in enumerate(names)}
    places |= {f"#{place + 1}": place for place in range(len(names))}
    found: dict[int, Target] = {}
    for title, wanted in given.items():
        place = places.get(" ".join(title.split()).casefold())
        if place is None:
            raise BadMapping(f"There is no column {title!r}; there are: {', '.join(names)}. (#3 is the third.)")
        chosen = target(wanted.strip())
        if chosen is None:
            raise BadMapping(
                f"There is no field {wanted!r} for the column {title!r}; `leadline import --help` lists them."
            )
        found[place] = chosen
    return found


def _by_header(cell: str, known: Words, id_system: str | None) -> Target | None:
    """The target that the header's words name, whole; or without what many programs put in front (`Lead: Email`)."""
    name = _spaced(cell)
    for form in (folded(name), " ".join(_without_prefix(words(name)))):
        wanted = known.fields.get(form)
        if wanted == "external_id":
            return _target(f"external_id.{id_system}") if id_system else None
        if wanted is not None:
            return _target(wanted)
    return None


def _spaced(cell: str) -> str:
    """`workEmail` and `FirstName` as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", cell).replace("_", " ")


def _without_prefix(parts: list[str]) -> list[str]:
    if len(parts) > 1 and parts[0] in _PREFIXES and parts[1] not in _NEED_PREFIX:
        return parts[1:]
    return parts


def _are_addresses(place: int, sample: Sequence[Row]) -> bool:
    values = [row.cells[place].strip() for row in sample if len(row.cells) > place]
    filled = [value for value in values if value]
    return bool(filled) and sum(bool(_EMAIL.fullmatch(value)) for value in filled) >= 0.9 * len(filled)
