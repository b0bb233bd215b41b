"""Many stored leads, made from leads that capture itself has stored: their rows once more, for other people.

Every row is what capture would have written for that person, so one of them who knocks again is found, read and
changed like any other.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg

from leadline_capture.core.lookalikes import Lookalikes, Looks, packed
from leadline_capture.rules import SPEC
from leadline_runtime.bodies import restored, stored
from leadline_runtime.rules import load_rules
from leadline_schemas import ids
from tests.load.people import FIRST, LAST

LOOKALIKES: Lookalikes = load_rules(SPEC).rules.tables.lookalikes
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
SPREAD = timedelta(minutes=3)  # between one lead and the next
_HOUSE = UUID("6f1a5a0e-53c1-5d0c-9a53-1ead11e0a002")


@dataclass(frozen=True)
class Pattern:
    """A lead as it is stored: the row of its state, its match keys with their details, its submission's digest."""

    lead_id: UUID
    state: tuple[int, str]  # revision, seen
    body: bytes
    email: str
    phone: str | None
    keys: tuple[tuple[str, bytes], ...]
    submission: UUID
    digest: bytes


@dataclass(frozen=True)
class Copied:
    """One of the many: who it is, and the pattern's texts replaced by its own."""

    lead_id: UUID
    submission: UUID
    email: str
    swaps: tuple[tuple[bytes, bytes], ...]

    def of(self, text: bytes) -> bytes:
        """The pattern's bytes as this person's."""
        for old, new in self.swaps:
            text = text.replace(old, new)
        return text


def email_of(number: int) -> str:
    """The address of the many's n-th person."""
    return f"person.{number:07d}@company{number % 20_000}.example"


def grow(database_url: str, numbers: range, partitions: int) -> None:
    """Add the people of these numbers to capture's tables, then let PostgreSQL look at them as it would in time."""
    with psycopg.connect(database_url, autocommit=False) as connection:
        connection.execute("SET search_path TO capture")
        patterns = list(_patterns(connection))
        _copy(connection, "state (lead_id, lane, revision, seen, body)", (
            row for n in numbers for row in _states(n, patterns[n % len(patterns)], partitions)))  # fmt: skip
        _copy(connection, "reservation (key, holder, detail)", (
            row for n in numbers for row in _reservations(n, patterns[n % len(patterns)])))  # fmt: skip
        _copy(connection, "submission (submission_id, digest, lead_id, outcome, decided_at)", (
            row for n in numbers for row in _submissions(n, patterns[n % len(patterns)])))  # fmt: skip
        _copy(connection, "looks (lead_id, body)", (_looks(n, patterns[n % len(patterns)]) for n in numbers))
        _copy(connection, "blocking (key, lead_id)", _blocking(numbers, patterns))
        connection.commit()
        connection.autocommit = True
        for table in ("state", "reservation", "submission", "looks", "blocking"):
            connection.execute(f"VACUUM ANALYZE {table}".encode())
        connection.execute("CHECKPOINT")


def _patterns(connection: psycopg.Connection[Any]) -> Iterator[Pattern]:
    """Leads of one submission each, with the keys they hold."""
    rows = connection.execute(
        """SELECT s.lead_id, s.revision, s.seen::text, s.body, u.submission_id, u.digest,
            array_agg(r.key ORDER BY r.key), array_agg(r.detail ORDER BY r.key)
        FROM state s JOIN submission u USING (lead_id) JOIN reservation r ON r.holder = s.lead_id
        WHERE s.revision = 1 AND s.timer_at IS NULL GROUP BY s.lead_id, u.submission_id ORDER BY s.lead_id LIMIT 5000"""
    ).fetchall()
    assert rows, "nothing was captured that could be a pattern"
    for lead_id, revision, seen, body, submission, digest, keys, details in rows:
        emails = [key.removeprefix("e:") for key in keys if key.startswith("e:")]
        phones = [key.removeprefix("p:") for key in keys if key.startswith("p:")]
        held = tuple(zip(keys, map(bytes, details), strict=True))
        yield Pattern(
            lead_id, (revision, seen), restored(bytes(body)), emails[0], phones[0] if phones else None, held,
            submission, bytes(digest),
        )  # fmt: skip


def _copied(number: int, pattern: Pattern) -> Copied:
    submission = uuid5(_HOUSE, str(number))
    lead_id = ids.lead_id(BEGAN + number * SPREAD, submission)
    email = email_of(number)
    swaps = [(str(pattern.lead_id), str(lead_id)), (str(pattern.submission), str(submission)), (pattern.email, email)]
    if pattern.phone is not None:
        swaps.append((pattern.phone, f"+1{2_012_000_000 + number}"))
    return Copied(lead_id, submission, email, tuple((old.encode(), new.encode()) for old, new in swaps))


def _states(number: int, pattern: Pattern, partitions: int) -> Iterator[tuple[Any, ...]]:
    made = _copied(number, pattern)
    lane = ids.partition_of(ids.key_bytes(made.lead_id), partitions)
    yield made.lead_id, lane, *pattern.state, stored(made.of(pattern.body))


def _reservations(number: int, pattern: Pattern) -> Iterator[tuple[Any, ...]]:
    made = _copied(number, pattern)
    for key, detail in pattern.keys:
        yield made.of(key.encode()).decode(), made.lead_id, made.of(detail)


def _submissions(number: int, pattern: Pattern) -> Iterator[tuple[Any, ...]]:
    made = _copied(number, pattern)
    yield made.submission, pattern.digest, made.lead_id, "created", BEGAN + number * SPREAD


def _look(number: int) -> Looks:
    """What somebody of the many is compared by: a name as others have it too, and a firm of fifty."""
    name = {"first_name": FIRST[number % len(FIRST)], "last_name": LAST[number // 7 % len(LAST)]}
    firm = "".join(chr(97 + number % 20_000 // 26**place % 26) for place in range(4))
    return LOOKALIKES.looks({"name": name, "company": firm, "email": email_of(number)})


def _looks(number: int, pattern: Pattern) -> tuple[Any, ...]:
    return _copied(number, pattern).lead_id, packed(_look(number).values)


def _blocking(numbers: range, patterns: list[Pattern]) -> Iterator[tuple[Any, ...]]:
    """As capture writes it: under a key that too many have no more of them."""
    seen: Counter[int] = Counter()
    for number in numbers:
        lead_id = _copied(number, patterns[number % len(patterns)]).lead_id
        for key in _look(number).keys:
            if seen[key] <= LOOKALIKES.rules.most_per_key:
                seen[key] += 1
                yield key, lead_id


def _copy(connection: psycopg.Connection[Any], place: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {place} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)
