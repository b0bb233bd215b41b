"""Rows of the tables that enrichment looks up: read from CSV cells, kept in a cache as bytes that prove themselves."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from leadline_enrich.core.answers import NOT_FOUND, Answer
from leadline_enrich.core.domain_class import ascii_domain
from leadline_runtime.core.values import dataclass

_MAC = 16


class RowError(ValueError):
    """A row that cannot be used: which column, and what would be right. Never the cell itself."""


@dataclass(frozen=True, slots=True)
class TableKind:
    """A table by domain: its name, the columns it must have, the further ones it may have, how cells become values."""

    name: str
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    values: Callable[[Mapping[str, str]], dict[str, Any]]


def parse_row(kind: TableKind, cells: Mapping[str, str]) -> tuple[str, Answer]:
    """The domain of a row and the answer it gives. Raises RowError."""
    domain = ascii_domain(cells.get("domain", ""))
    if "." not in domain or "@" in domain or "/" in domain:
        raise RowError("domain: must be a domain such as acme.com")
    return domain, Answer(status="found", values=kind.values(cells), stated_at=_instant(cells.get("stated_at", "")))


def _instant(cell: str) -> datetime | None:
    if not cell:
        return None
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise RowError("stated_at: must be a date such as 2026-03-01, or an RFC 3339 instant") from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _firmographics(cells: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if cells.get("employees"):
        if not cells["employees"].isdecimal():
            raise RowError("employees: must be a whole number, without separators")
        values["employees"] = int(cells["employees"])
    if cells.get("industry"):
        values["industry"] = cells["industry"].lower()
    if cells.get("country"):
        country = cells["country"].upper()
        if len(country) != 2 or not country.isalpha():
            raise RowError("country: must be two letters, ISO 3166-1 alpha-2")
        values["country"] = country
    return values


def _account(cells: Mapping[str, str]) -> dict[str, Any]:
    if not cells.get("status"):
        raise RowError("status: is missing; say what the account is, e.g. customer or named")
    return {column: cells[column] for column in ("name", "status", "owner") if cells.get(column)}


FIRMOGRAPHICS = TableKind(
    "firmographics", ("domain", "employees", "industry"), ("name", "country", "stated_at"), _firmographics
)
ACCOUNTS = TableKind("accounts", ("domain", "status", "owner"), ("name", "stated_at"), _account)


def cache_key(table: str, digest: bytes, domain: str) -> str:
    """Where a cache keeps the answer: another content of the table has other keys, so nothing old is ever read."""
    return f"leadline:enrich:{table}:{digest[:8].hex()}:{domain}"


def to_cache(answer: Answer, key: str, digest: bytes) -> bytes:
    """An answer as bytes that carry a code made of key, content and the table's digest."""
    body = json.dumps(
        [answer.status == "found", answer.values, answer.stated_at and answer.stated_at.isoformat()],
        separators=(",", ":"),
    ).encode()
    return _code(body, key, digest) + body


def from_cache(data: bytes, key: str, digest: bytes) -> Answer | None:
    """The answer; None for bytes that are not what was kept under this key for this content of the table."""
    code, body = data[:_MAC], data[_MAC:]
    if code != _code(body, key, digest):
        return None
    found, values, stated_at = json.loads(body)
    if not found:
        return NOT_FOUND
    return Answer(status="found", values=values, stated_at=stated_at and datetime.fromisoformat(stated_at))


def _code(body: bytes, key: str, digest: bytes) -> bytes:
    return blake2b(key.encode() + b"\0" + body, digest_size=_MAC, key=digest).digest()
