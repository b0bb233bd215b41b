"""Which held acts of an unknown person turn out to be a lead's, once it is known (rules B1.8)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from leadline_capture.core.acts import Observed
from leadline_capture.core.consent import Statement, consent_records, state_of
from leadline_capture.core.identity import Book, Keys, Reservation, owner_at
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.reserving import claimed
from leadline_runtime.core.values import dataclass

# More is no history any more but a machine's noise: of what is held under one key the newest are joined, and so many
# pseudonyms are followed from one to the other. What is left over is forgotten in its time.
MOST_HELD = 1000
MOST_FOLLOWED = 100


class Diary(Book, Protocol):
    """What is known of keys and leads, and which acts are held under keys."""

    def has(self, key: str) -> bool:
        """Was this key read, and is it ours to change?"""

    def held_under(self, keys: Iterable[str]) -> list[Observed]:
        """The acts held under any of these keys, each once, in order of time."""


@dataclass(frozen=True, slots=True)
class Identified:
    """A lead whose keys have been named `at` a time; its history reaches `back` before it, and what it asked for longer
    than `late` before it is no more than history: no clock starts for it."""

    lead_id: UUID
    known: KnownLead
    keys: Keys
    at: datetime
    back: timedelta
    late: timedelta

    @property
    def ids(self) -> frozenset[UUID]:
        """Its own id, and those of all that is one lead with it."""
        return frozenset((self.lead_id, *(origin for origin, _ in self.known.parts)))


@dataclass(frozen=True, slots=True)
class History:
    """What was held of a lead, and the rows of its pseudonyms that change. One that an attached act names as well is
    one person's with the others: an alias that came before anybody knew who it was joins what is held under it."""

    acts: tuple[Observed, ...] = ()
    rows: tuple[Reservation, ...] = ()


def pseudonym_rows(keys: Keys, at: datetime, lead_id: UUID, book: Book) -> tuple[Reservation, ...]:
    """The rows of the pseudonyms that change when a lead is identified with them."""
    before = [book.reservation(key) for key in keys.pseudonyms]
    after = [claimed(row, at, lead_id) for row in before]
    return tuple(new for old, new in zip(before, after, strict=True) if new is not old)


def history(lead: Identified, wave: Iterable[str], book: Diary) -> History:
    """What is held under the keys `wave` of a lead, and from there on under the pseudonyms of what was found."""
    rows = {row.key: row for row in pseudonym_rows(lead.keys, lead.at, lead.lead_id, book)}
    found: dict[UUID, Observed] = {}
    asked: set[str] = set()
    following = set(wave)
    while following:
        asked |= following
        claims = {key: (rows.get(key) or book.reservation(key)).claims for key in asked}
        held = [each for each in book.held_under(following) if each.id not in found and not lead.known.knows(each.id)]
        own = [each for each in held if _is_own(each, lead, claims)]
        found.update((each.id, each) for each in own)
        following = {key for each in own for key in each.keys.pseudonyms if book.has(key)} - asked
        for each in own:
            for key in following & set(each.keys.pseudonyms):
                rows[key] = claimed(rows.get(key) or book.reservation(key), each.act.occurred_at, lead.lead_id)
    return History(_attachable(found.values(), lead), tuple(rows.values()))


def _attachable(own: Collection[Observed], lead: Identified) -> tuple[Observed, ...]:
    """Of its own acts those that are not too old, and if profiling is refused none that only a pseudonym names. But
    what was said about consent grows neither old nor private: it is the person's own word."""
    apart = _refused([*lead.known.statements, *(said for each in own for said in each.statements)]) if own else False
    kept = [
        each
        for each in own
        if each.statements or (each.act.occurred_at >= lead.at - lead.back and (each.keys.contact or not apart))
    ]
    known = [_as_history(each) if _asked_long_ago(each, lead) else each for each in kept]
    return tuple(sorted(known, key=lambda each: (each.act.occurred_at, each.id)))


def _asked_long_ago(each: Observed, lead: Identified) -> bool:
    return each.act.request_type is not None and each.act.occurred_at < lead.at - lead.late


def _as_history(each: Observed) -> Observed:
    return replace(each, act=each.act.model_copy(update={"historical": True}))


Claims = Mapping[str, tuple[tuple[datetime, UUID], ...]]


def _is_own(each: Observed, lead: Identified, claims: Claims) -> bool:
    """No key of it says that it was somebody else; if only pseudonyms name it, none of them is another's by then, the
    signed-in user before the browser."""
    keys = each.keys
    by_user = owner_at(claims.get(keys.user or "", ()), each.act.occurred_at)
    if keys.contact:
        # An application's own id of its user is one more id of that system, unless an alias said whose it is.
        said = [key for _, key in keys.contact if not (key == keys.external and by_user in lead.ids)]
        return not any(lead.known.has_other(key) for key in said)
    if by_user is not None:
        return by_user in lead.ids
    if keys.user is not None and lead.keys.user not in (None, keys.user):
        return False  # another user of a shared browser
    return owner_at(claims.get(keys.anonymous or "", ()), each.act.occurred_at) in lead.ids


def profiling_refused(known: KnownLead) -> bool:
    """Did the person say that what it does must not be put together?"""
    return _refused(known.statements)


def _refused(statements: Iterable[Statement]) -> bool:
    said = [each for each in statements if each.purpose == "profiling"]
    return bool(said) and state_of(consent_records(said, (), ()), "profiling", "any") in ("declined", "withdrawn")
