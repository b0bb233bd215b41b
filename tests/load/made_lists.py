"""Lists of invented people with known duplicates, in the ways in which lists are wrong: seeded, so always the same.

Persons live together and work together, so that what they share does not make one of them; second records are made by
retyping, moving, marrying, short forms, other formats and gaps.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize

from tests.load.made_names import (
    ENGLISH_ENDS,
    ENGLISH_FIRST,
    ENGLISH_GIVEN,
    ENGLISH_LAST,
    FORMS,
    FRENCH_ENDS,
    FRENCH_FIRST,
    FRENCH_GIVEN,
    FRENCH_LAST,
    FRENCH_TOWNS,
    GERMAN_COMMON,
    GERMAN_FIRST,
    GERMAN_GIVEN,
    GERMAN_LAST,
    GERMAN_STREETS,
    SHORT,
    TOWNS,
    TRADES,
    UMLAUTS,
)


@dataclass(frozen=True)
class MadeList:
    """A list with its truth: whose each row is."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    person: tuple[int, ...]


@dataclass(frozen=True)
class Person:
    """Somebody before a list writes him down."""

    given: str
    surname: str
    born: tuple[int, int, int] = (0, 0, 0)
    street: str = ""
    number: str = ""
    postcode: str = ""
    town: str = ""
    phone: str = ""
    email: str = ""
    company: str = ""


def _with(person: Person, **values: Any) -> Person:
    return replace(person, **values)


def typo(rng: random.Random, text: str) -> str:
    """One slip: a letter doubled, left out, mistaken, or two neighbours changed."""
    if len(text) < 3:
        return text
    at = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return text[:at] + text[at] + text[at:]
    if kind == 1:
        return text[:at] + text[at + 1 :]
    if kind == 2:
        wrong = rng.choice("0123456789") if text[at].isdigit() else rng.choice("abcdefghijklmnoprstuvw")
        return text[:at] + wrong + text[at + 1 :]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def ascii_of(text: str) -> str:
    """As an address of e-mail writes it."""
    plain = normalize("NFKD", text.translate(UMLAUTS).lower())
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def _written_again(rng: random.Random, person: Person, rate: float, move: Callable[[Person], Person]) -> Person:
    """A second record of a person, with each kind of fault at its own rate."""
    again = move(person) if rng.random() < 0.12 * rate else person
    again = _gaps(rng, _other_names(rng, _slips(rng, again, rate), rate), rate)
    if again.email and rng.random() < 0.12 * rate:
        local = f"{ascii_of(again.given)[:1]}{ascii_of(again.surname)}"
        return replace(again, email=f"{local}@mail{rng.randrange(9)}.example")
    return again


def _slips(rng: random.Random, again: Person, rate: float) -> Person:
    for field in ("given", "surname", "street", "town", "email", "company", "postcode", "phone", "number"):
        if getattr(again, field) and rng.random() < 0.09 * rate:
            again = _with(again, **{field: typo(rng, getattr(again, field))})
    year, month, day = again.born
    if year and rng.random() < 0.05 * rate:
        return replace(again, born=(year, day, month))
    if year and rng.random() < 0.05 * rate:
        return replace(again, born=(year, month, day % 10 * 10 + day // 10))
    return again


def _other_names(rng: random.Random, again: Person, rate: float) -> Person:
    if rng.random() < 0.15 * rate and again.given in SHORT:
        again = replace(again, given=SHORT[again.given])
    elif rng.random() < 0.04 * rate:
        again = replace(again, given=again.given[0])
    if rng.random() < 0.06 * rate:
        again = replace(again, given=again.surname, surname=again.given)
    if rng.random() < 0.3 * rate:
        again = replace(again, surname=again.surname.translate(UMLAUTS), given=again.given.translate(UMLAUTS))
    return again


def _gaps(rng: random.Random, again: Person, rate: float) -> Person:
    for field in ("phone", "email", "street", "postcode", "given"):
        if rng.random() < 0.1 * rate:
            again = _with(again, **{field: ""})
    if again.born[0] and rng.random() < 0.12 * rate:
        again = replace(again, born=(0, 0, 0))
    return again


@dataclass(frozen=True)
class Making:
    """How a list is made: the rate of faults, who somebody is after a move, and how a row is written."""

    header: tuple[str, ...]
    rate: float
    move: Callable[[Person], Person]
    row: Callable[[Person], tuple[str, ...]]


def _listed(rng: random.Random, people: list[Person], wanted: int, making: Making) -> MadeList:
    """A list of `wanted` rows in which one person in five stands several times, in any order."""
    found: list[tuple[int, tuple[str, ...]]] = []
    for number, person in enumerate(people):
        found.append((number, making.row(person)))
        while rng.random() < 0.22:
            again = _written_again(rng, person, making.rate, making.move)
            found.append((number, making.row(again)))
    found = found[:wanted]
    rng.shuffle(found)
    return MadeList(making.header, tuple(cells for _, cells in found), tuple(number for number, _ in found))


def _skewed(rng: random.Random, names: list[str]) -> str:
    return names[min(int(rng.expovariate(1 / (len(names) / 4))), len(names) - 1)]


def german_households(seed: int, rows: int) -> MadeList:
    """Private people: families under one roof, with one telephone; dates as 24.6.1971; some e-mail."""
    rng = random.Random(seed)

    def home() -> dict[str, Any]:
        town, _, code = rng.choice(TOWNS).rpartition(" ")
        return {
            "street": f"{rng.choice(GERMAN_STREETS)}{rng.choice(('straße', 'str.', 'weg', 'gasse', 'allee'))}",
            "number": f"{rng.randrange(1, 90)}{rng.choice(('', '', '', 'a', 'b'))}",
            "postcode": f"{code[:2]}{rng.randrange(1000):03}", "town": town,
            "phone": f"0{rng.randrange(200, 999)} {rng.randrange(100_000, 9_999_999)}",
        }  # fmt: skip

    people: list[Person] = []
    taken: set[str] = set()  # a mailbox belongs to one person
    while len(people) < rows:
        made = rng.choice(GERMAN_FIRST) + rng.choice(GERMAN_LAST)
        surname = _skewed(rng, GERMAN_COMMON) if rng.random() < 0.35 else made
        shared = home()
        for given in dict.fromkeys(_skewed(rng, GERMAN_GIVEN) for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))):
            born = (rng.randrange(1935, 2005), rng.randrange(1, 13), rng.randrange(1, 29))
            local = f"{ascii_of(given)}.{ascii_of(surname)}{rng.choice(('', str(born[0] % 100)))}"
            mail = f"{local}@web{rng.randrange(6)}.example"
            mail = mail if rng.random() < 0.6 and mail not in taken else ""
            taken.add(mail)
            people.append(Person(given, surname, born, email=mail, **shared))

    def row(person: Person) -> tuple[str, ...]:
        year, month, day = person.born
        date = f"{day}.{month}.{year}" if year else ""
        return (person.given, person.surname, date, person.street, person.number, person.postcode, person.town,
                person.phone, person.email)  # fmt: skip

    header = ("Vorname", "Nachname", "Geburtsdatum", "Straße", "Hausnr.", "PLZ", "Ort", "Telefon", "E-Mail")
    return _listed(rng, people, rows, Making(header, 1.0, lambda person: _with(person, **home()), row))


def french_firms(seed: int, rows: int) -> MadeList:
    """Contacts of firms, no dates of birth: colleagues share firm, switchboard, town and domain."""
    rng = random.Random(seed)

    def firm() -> dict[str, Any]:
        name = f"{rng.choice(TRADES)} {rng.choice(FRENCH_FIRST)}{rng.choice(FRENCH_LAST)} {rng.choice(FORMS)}".strip()
        return {
            "company": name, "town": rng.choice(FRENCH_TOWNS),
            "postcode": f"{rng.randrange(1, 95):02}{rng.randrange(0, 999):03}",
            "phone": f"+33 {rng.randrange(1, 6)} {rng.randrange(10_000_000, 99_999_999)}",
        }  # fmt: skip

    def address(given: str, surname: str, company: str) -> str:
        return f"{ascii_of(given)}.{ascii_of(surname)}@{ascii_of(company)[:18]}.example"

    people: list[Person] = []
    while len(people) < rows:
        shared = firm()
        for _ in range(rng.choice((1, 1, 2, 3, 6))):
            given = _skewed(rng, FRENCH_GIVEN)
            surname = f"{rng.choice(FRENCH_FIRST)}{rng.choice(FRENCH_LAST)}{rng.choice(FRENCH_ENDS)}"
            people.append(Person(given, surname, email=address(given, surname, shared["company"]), **shared))

    def move(person: Person) -> Person:
        shared = firm()
        return _with(person, email=address(person.given, person.surname, shared["company"]), **shared)

    def row(person: Person) -> tuple[str, ...]:
        company = person.company
        if rng.random() < 0.25:
            company = company.removesuffix(" SARL").removesuffix(" SAS").upper()
        return (
            company,
            f"{person.given} {person.surname}".strip(),
            person.phone,
            person.email,
            person.postcode,
            person.town,
        )

    header = ("Société", "Interlocuteur", "Téléphone", "Courriel", "Code postal", "Ville")
    return _listed(rng, people, rows, Making(header, 1.0, move, row))


def english_visitors(seed: int, rows: int) -> MadeList:
    """A thin list of an event: full name, firm, e-mail, country; short forms are frequent."""
    rng = random.Random(seed)

    def firm() -> dict[str, Any]:
        kind = rng.choice(("Ltd", "Inc", "Group", "Freight", "Labs"))
        return {"company": f"{rng.choice(ENGLISH_FIRST)}{rng.choice(ENGLISH_LAST)} {kind}"}

    def address(given: str, surname: str, company: str) -> str:
        return f"{ascii_of(given)[:1]}{ascii_of(surname)}@{ascii_of(company)}.example"

    people: list[Person] = []
    while len(people) < rows:
        shared = firm()
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            given, surname = (
                _skewed(rng, ENGLISH_GIVEN),
                f"{rng.choice(ENGLISH_FIRST)}{rng.choice(ENGLISH_LAST)}{rng.choice(ENGLISH_ENDS)}",
            )
            people.append(Person(given, surname, email=address(given, surname, shared["company"]), **shared))

    def move(person: Person) -> Person:
        shared = firm()
        return _with(person, email=address(person.given, person.surname, shared["company"]), **shared)

    def row(person: Person) -> tuple[str, ...]:
        name = (
            f"{person.surname}, {person.given}"
            if rng.random() < 0.1 and person.given
            else f"{person.given} {person.surname}"
        )
        return (name.strip(), person.company, person.email, rng.choice(("GB", "GB", "GB", "IE")))

    header = ("Attendee Name", "Organisation", "Email Address", "Country")
    return _listed(rng, people, rows, Making(header, 1.3, move, row))
