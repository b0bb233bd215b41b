"""How the keys of a lead are reserved once it is known whose a submission is (rules B1.4, B1.5)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from leadline_capture.core.identity import Book, Keys, Reservation

MOST_NAMES = 21  # one more than the highest count that means anything
MOST_OTHERS = 20
MOST_CLAIMS = 20


def reserved(keys: Keys, name: str, lead_id: UUID, book: Book) -> list[Reservation]:
    """The rows that change. Who holds a key keeps it; a lead that holds none is reached by key and name together,
    else its next submission would not find it."""
    rows = [book.reservation(key) for _, key in keys.contact]
    root = book.root(lead_id)
    own = [row.holder is not None and book.root(row.holder) == root for row in rows]
    holds = any(row.holder is None or mine for row, mine in zip(rows, own, strict=True))
    changed = [_with(row, name, lead_id, own=mine, holds=holds) for row, mine in zip(rows, own, strict=True)]
    return [after for before, after in zip(rows, changed, strict=True) if after is not before and after != before]


def _with(row: Reservation, name: str, lead_id: UUID, *, own: bool, holds: bool) -> Reservation:
    names = row.names
    if name and name not in names:
        names = (*names, name)[:MOST_NAMES]
    if row.holder is None:
        return Reservation(row.key, lead_id, names, row.named, row.others, row.claims)
    if own:
        return replace(row, names=names) if names is not row.names else row
    others = row.others if lead_id in row.others else (*row.others, lead_id)[-MOST_OTHERS:]
    named = row.named
    if name and not holds and all(known != name for known, _ in named):
        named = (*named, (name, lead_id))[-MOST_NAMES:]
    return replace(row, names=names, others=others, named=named)


def claimed(row: Reservation, at: datetime, lead_id: UUID) -> Reservation:
    """An anonymous id's row after a lead was identified with it at `at` (rules B1.8)."""
    if not row.claims:
        return Reservation(row.key, claims=((at, lead_id),))
    claims = tuple(sorted({*row.claims, (at, lead_id)}))
    # Of several claims in a row by one lead the first says all.
    told = tuple(c for n, c in enumerate(claims) if n == 0 or claims[n - 1][1] != c[1])[-MOST_CLAIMS:]
    return row if told == row.claims else replace(row, claims=told)
