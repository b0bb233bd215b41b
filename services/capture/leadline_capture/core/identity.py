"""Which lead a submission or an act belongs to (rules B1.4, B1.5).

Keys, strongest first: an external id of a trusted source, e-mail, phone. A weak key matches only if the names agree,
a weaker key never overrides a stronger disagreement. What may be one person is recorded for people to see; two leads
are joined only if a trusted source carries the id of one, without an e-mail address, and the address of the other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.names import agree, name_tokens
from leadline_runtime.core.values import dataclass

Kind = Literal["external_id", "email", "phone", "anonymous_id"]


@dataclass(frozen=True, slots=True)
class KeyRules:
    """When a key is weak, and which ids are none (`placeholders`: what a sender's code writes where it has no id)."""

    weak_above: int
    ignored_above: int
    placeholders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that a submission or an act carries, in the form in which they are reserved.

    `anonymous` is an id of a browser or device, `user` that of whoever is signed in to the sender's application.
    """

    external: str | None = None
    email: str | None = None
    phone: str | None = None
    anonymous: str | None = None
    role: bool = False
    user: str | None = None

    @property
    def contact(self) -> tuple[tuple[Kind, str], ...]:
        """Those that name a person, strongest first."""
        pairs: tuple[tuple[Kind, str | None], ...] = (
            ("external_id", self.external), ("email", self.email), ("phone", self.phone),
        )  # fmt: skip
        return tuple((kind, key) for kind, key in pairs if key is not None)

    @property
    def pseudonyms(self) -> tuple[str, ...]:
        """Those that match acts only, the stronger first."""
        return tuple(key for key in (self.user, self.anonymous) if key is not None)

    @property
    def all(self) -> tuple[str, ...]:
        """Every key, to be locked."""
        keys = (self.external, self.email, self.phone, self.user, self.anonymous)
        return tuple(key for key in keys if key is not None)


@dataclass(frozen=True, slots=True)
class Reservation:
    """Who holds a key. `names`: the distinct names seen with it; `named`: leads that only key and name together reach;
    `others`: leads that gave it while another held it; `claims`: of an anonymous id, who identified when."""

    key: str
    holder: UUID | None = None
    names: tuple[str, ...] = ()
    named: tuple[tuple[str, UUID], ...] = ()
    others: tuple[UUID, ...] = ()
    claims: tuple[tuple[datetime, UUID], ...] = ()

    @property
    def leads(self) -> tuple[UUID, ...]:
        """The leads that the key may lead to."""
        held = () if self.holder is None else (self.holder,)
        return (*held, *(lead for _, lead in self.named), *(lead for _, lead in self.claims))


class Book(Protocol):
    """What is known of keys and leads, as the transaction read it and as earlier items of the batch changed it."""

    def reservation(self, key: str) -> Reservation:
        """The key's row; a blank one if nobody holds it."""

    def lead(self, lead_id: UUID) -> KnownLead:
        """A lead that a reservation names; if it became part of another, that one."""

    def root(self, lead_id: UUID) -> UUID:
        """The lead itself, or the one it became part of."""


@dataclass(frozen=True, slots=True)
class Match:
    """The lead found (or the part of one), by which kind of key, and the leads that may be the same person.

    `joins`: another that this very submission shows to be the same.
    """

    lead_id: UUID | None
    kind: Kind | None
    suspects: tuple[tuple[UUID, Kind], ...] = ()
    joins: UUID | None = None


def resolve(keys: Keys, name: str, book: Book, rules: KeyRules) -> Match:
    """The lead behind these keys. `name`: the person's, folded; empty if unknown."""
    found: tuple[UUID, Kind] | None = None
    suspects: dict[UUID, Kind] = {}
    joins: UUID | None = None
    for kind, key in keys.contact:
        row = book.reservation(key)
        if row.holder is None or len(row.names) > rules.ignored_above:
            continue
        lead_id = _by_key(kind, row, keys, name, book, rules)
        if found is None and lead_id is not None:
            found = (lead_id, kind)
        elif lead_id is not None and found is not None:
            if _shown_same(found, lead_id, kind, book):
                joins = book.root(lead_id)
            else:
                suspects.setdefault(book.root(lead_id), kind)
        elif not (kind == "email" and is_weak(kind, row, keys, rules)):  # colleagues who share an address are no doubt
            for other in (row.holder, *row.others):
                suspects.setdefault(book.root(other), kind)
    if found is None:
        return Match(None, None, tuple(suspects.items()))
    for same in (found[0], joins):
        if same is not None:
            suspects.pop(book.root(same), None)
    return Match(*found, tuple(suspects.items()), joins)


def _shown_same(found: tuple[UUID, Kind], other: UUID, kind: Kind, book: Book) -> bool:
    """Do an external id, which only trusted sources carry, and an e-mail address name two leads that nothing tells
    apart: the first has no address of its own, and nobody took them apart before (rules B1.5)?"""
    if found[1] != "external_id" or kind != "email" or book.root(found[0]) == book.root(other):
        return False
    known = book.lead(found[0])
    return not known.emails and not {other, book.root(other)} & {*known.apart}


def is_weak(kind: Kind, row: Reservation, keys: Keys, rules: KeyRules) -> bool:
    """Is this a key that several persons may share?"""
    return kind == "phone" or (kind == "email" and keys.role) or len(row.names) > rules.weak_above


def _by_key(kind: Kind, row: Reservation, keys: Keys, name: str, book: Book, rules: KeyRules) -> UUID | None:
    """The lead this key leads to, unless names or a stronger key disagree."""
    assert row.holder is not None
    holder = book.lead(row.holder)
    if not is_weak(kind, row, keys, rules):
        return None if _disagrees(kind, keys, holder) else row.holder
    asked = frozenset(name.split())
    if _may_be_called(holder, asked):
        return None if _disagrees(kind, keys, holder) else row.holder
    for known, lead_id in row.named:
        if agree(asked, frozenset(known.split())) and not _disagrees(kind, keys, book.lead(lead_id)):
            return lead_id
    return None


def _may_be_called(lead: KnownLead, asked: frozenset[str]) -> bool:
    names = lead.names
    return not names or any(agree(asked, name_tokens(name)) for name in names)


def _disagrees(kind: Kind, keys: Keys, lead: KnownLead) -> bool:
    """Does a stronger key than `kind` say that this is another person?"""
    if kind == "external_id":
        return False
    if keys.external is not None and lead.has_other(keys.external):
        return True
    return kind == "phone" and keys.email is not None and lead.has_other(keys.email)


def owner_at(claims: Sequence[tuple[datetime, UUID]], at: datetime) -> UUID | None:
    """Whose an anonymous act is: the last to identify before it, else the first of all (rules B1.8)."""
    before = [lead for when, lead in claims if when <= at]
    return before[-1] if before else claims[0][1] if claims else None
