"""Rows of the tables that enrichment looks up: which column is which fact, and how a cell becomes a value."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.domain_class import ascii_domain
from leadline_runtime.core.values import dataclass

Reading = Literal["text", "lower", "whole_number", "number", "country", "truth"]
_TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class RowError(ValueError):
    """A row that cannot be used: which column, and what would be right. Never the cell itself."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """A table by domain: its name, the columns it must have, the further ones it may have, how cells become values.

    `key` is the column with the domain. `confidence`: how sure it is of each value, where a row does not say.
    `linked`: what rows say of each other, once all are read.
    """

    name: str
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    values: Callable[[Mapping[str, str]], dict[str, Any]]
    key: str = "domain"
    confidence: float = 1.0
    linked: Callable[[Mapping[str, Answer]], dict[str, Answer]] = dict


@dataclass(frozen=True, slots=True)
class Column:
    """Where a fact stands in a table and how its cells are read. `optional`: a file may be without the column."""

    column: str
    reading: Reading
    optional: bool = False


def mapped(name: str, facts: Mapping[str, Column], key: str, confidence: float) -> TableKind:
    """A table whose columns are these facts."""
    return TableKind(
        name=name,
        columns=(key, *dict.fromkeys(c.column for c in facts.values() if not c.optional)),
        optional=(*dict.fromkeys(c.column for c in facts.values() if c.optional), "stated_at", "confidence"),
        values=lambda cells: {
            fact: _READ[each.reading](each.column, cells[each.column])
            for fact, each in facts.items()
            if cells.get(each.column)
        },
        key=key,
        confidence=confidence,
    )


def parse_row(kind: TableKind, cells: Mapping[str, str]) -> tuple[str, Answer]:
    """The domain of a row and the answer it gives. Raises RowError."""
    domain = ascii_domain(cells.get(kind.key, ""))
    if "." not in domain or "@" in domain or "/" in domain:
        raise RowError(f"{kind.key}: must be a domain such as acme.com")
    values = kind.values(cells)
    sure = _confidence(cells["confidence"]) if cells.get("confidence") else kind.confidence
    confidence = dict.fromkeys(values, sure) if sure < 1 else {}
    stated_at = _instant(cells.get("stated_at", ""))
    return domain, Answer(status="found", values=values, stated_at=stated_at, confidence=confidence)


def _instant(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise RowError("stated_at: must be a date such as 2026-03-01, or an RFC 3339 instant") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _confidence(cell: str) -> float:
    sure = _number("confidence", cell)
    if not 0 <= sure <= 1:
        raise RowError("confidence: must be a number from 0 to 1")
    return sure


def _whole_number(column: str, cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal()):
        raise RowError(f"{column}: must be a whole number, without separators")
    return int(cell)


def _number(column: str, cell: str) -> float:
    try:
        found = float(cell)
    except ValueError:
        found = float("nan")
    if not -1e300 < found < 1e300:
        raise RowError(f"{column}: must be a number such as 12.5, without separators")
    return found


def _country(column: str, cell: str) -> str:
    country = cell.upper()
    if len(country) != 2 or not country.isalpha():
        raise RowError(f"{column}: must be two letters, ISO 3166-1 alpha-2")
    return country


def _truth(column: str, cell: str) -> bool:
    if cell.lower() not in _TRUTHS:
        raise RowError(f"{column}: must be true or false")
    return _TRUTHS[cell.lower()]


_READ: Final[Mapping[Reading, Callable[[str, str], Any]]] = {
    "text": lambda column, cell: cell,
    "lower": lambda column, cell: cell.lower(),
    "whole_number": _whole_number,
    "number": _number,
    "country": _country,
    "truth": _truth,
}


def _account(cells: Mapping[str, str]) -> dict[str, Any]:
    if not cells.get("status"):
        raise RowError("status: is missing; say what the account is, e.g. customer or named")
    found = {column: cells[column] for column in ("name", "status", "owner") if cells.get(column)}
    if cells.get("parent"):
        found["parent"] = ascii_domain(cells["parent"])
    return found


def with_parents(rows: Mapping[str, Answer]) -> dict[str, Answer]:
    """The accounts, each with the owner of the nearest account above it that has one."""
    found = dict(rows)
    for domain, answer in rows.items():
        if (owner := _owner_above(domain, rows)) is not None:
            found[domain] = answer.model_copy(update={"values": {**answer.values, "parent_owner": owner}})
    return found


def _owner_above(domain: str, rows: Mapping[str, Answer]) -> str | None:
    seen, parent = {domain}, str(rows[domain].values.get("parent", ""))
    while parent in rows and parent not in seen:  # parents in a circle own nothing
        seen.add(parent)
        owner: str | None = rows[parent].values.get("owner")
        if owner is not None:
            return owner
        parent = str(rows[parent].values.get("parent", ""))
    return None


ACCOUNTS = TableKind(
    "accounts", ("domain", "status", "owner"), ("name", "parent", "stated_at"), _account, linked=with_parents
)
