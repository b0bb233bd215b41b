"""How alike two values can be, level by level, and what each level is worth before a list has been looked at.

`m`: how often one person's two records are at this level; `u`: how often records of two persons are. They are priors,
from what is known of typing and moving, not of any list: an equal value is left over in three of four pairs, a slip of
the pen stands in one of twelve, a person moves or changes the name in one of ten. Each list corrects them by itself
(estimating.py), and how rare a value is is counted in the list (weights.py).
"""

from typing import Final, Literal

from leadline_capture.core.linkage_words import Meaning
from leadline_runtime.core.values import dataclass

Kind = Literal["person", "family", "place", "other"]


@dataclass(frozen=True, slots=True)
class Level:
    """One step of likeness: `says` it in words after the field's name."""

    says: str
    m: float
    u: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """The levels of one meaning: the first is equality, the last difference. `kind`: whether it tells one person from
    others of the same family, house or firm."""

    field: str
    kind: Kind
    levels: tuple[Level, ...]


EQUAL, SWAPPED = 0, 1  # the level of equality, and that of given name and surname in each other's place


def _ladder(field: str, kind: Kind, *levels: tuple[str, float, float]) -> Ladder:
    return Ladder(field, kind, tuple(Level(*each) for each in levels))


LADDERS: Final[dict[Meaning, Ladder]] = {
    "given_name": _ladder(
        "given name", "person", ("equal", 0.74, 0.008), ("and surname changed places", 0.015, 3e-5),
        ("equal but for one letter", 0.09, 0.003), ("is a short form of the other", 0.04, 0.002),
        ("agrees with an initial or in part", 0.03, 0.004), ("similar", 0.035, 0.015), ("differs", 0.05, 0.97),
    ),
    "surname": _ladder(
        "surname", "family", ("equal", 0.77, 0.003), ("and given name changed places", 0.015, 3e-5),
        ("equal but for one letter", 0.09, 0.001), ("agrees in part", 0.025, 0.001), ("similar", 0.03, 0.006),
        ("differs", 0.07, 0.99),
    ),
    "birth_date": _ladder(
        "date of birth", "person", ("equal", 0.86, 5e-5), (": day and month changed places", 0.015, 3e-5),
        (": one digit differs or two changed places", 0.065, 0.001),
        (": year and month or year and day agree", 0.02, 0.003),
        (": day and month agree, the year differs", 0.015, 0.003), ("differs", 0.025, 0.99),
    ),
    "email": _ladder(
        "e-mail", "person", ("equal", 0.6, 2e-6), ("equal but for one or two letters", 0.1, 2e-6),
        (": the same name at another domain", 0.06, 3e-5), ("similar", 0.04, 1e-4), ("differs", 0.2, 0.99),
    ),
    "phone": _ladder(
        "phone", "place", ("equal", 0.6, 1e-5), ("equal but for one digit", 0.07, 5e-5), ("differs", 0.33, 0.99),
    ),
    "id_number": _ladder(
        "id number", "person", ("equal", 0.86, 2e-6), (": one digit differs or two changed places", 0.09, 1e-5),
        ("differs", 0.05, 0.99),
    ),
    "street": _ladder(
        "street", "place", ("equal", 0.7, 5e-4), (": the same words in another way", 0.03, 1e-4),
        ("equal but for one or two letters", 0.1, 2e-4), ("agrees in part", 0.04, 0.001), ("similar", 0.03, 0.006),
        ("differs", 0.1, 0.99),
    ),
    "street_number": _ladder(
        "street number", "place", ("equal", 0.8, 0.015), ("equal but for one digit or their order", 0.07, 0.05),
        ("differs", 0.13, 0.93),
    ),
    "address_extra": _ladder(
        "further address line", "place", ("equal", 0.7, 0.002), (": the same words in another way", 0.03, 1e-4),
        ("equal but for one or two letters", 0.09, 5e-4), ("agrees in part", 0.04, 0.002), ("similar", 0.03, 0.006),
        ("differs", 0.11, 0.99),
    ),
    "postcode": _ladder(
        "postcode", "place", ("equal", 0.8, 0.001), ("equal but for one digit or their order", 0.08, 0.004),
        (": the same area", 0.03, 0.008), ("differs", 0.09, 0.98),
    ),
    "city": _ladder(
        "city", "place", ("equal", 0.78, 0.01), (": the same words in another way", 0.01, 2e-4),
        ("equal but for one or two letters", 0.09, 0.001), ("agrees in part", 0.02, 0.004), ("similar", 0.02, 0.01),
        ("differs", 0.08, 0.97),
    ),
    "state": _ladder(
        "state", "place", ("equal", 0.92, 0.15), ("equal but for one letter", 0.03, 0.05), ("differs", 0.05, 0.8),
    ),
    "country": _ladder("country", "place", ("equal", 0.97, 0.4), ("differs", 0.03, 0.6)),
    "company": _ladder(
        "company", "place", ("equal", 0.76, 5e-4), (": the same words in another way", 0.02, 1e-5),
        ("equal but for one or two letters", 0.07, 1e-4), ("agrees in part", 0.05, 0.001), ("similar", 0.03, 0.004),
        ("differs", 0.07, 0.99),
    ),
    "website": _ladder("website", "place", ("equal", 0.8, 5e-4), ("differs", 0.2, 0.99)),
    "gender": _ladder("gender", "other", ("equal", 0.97, 0.5), ("differs", 0.03, 0.5)),
    "text": _ladder(
        "", "other", ("equal", 0.65, 0.03), (": the same words in another way", 0.02, 0.001),
        ("equal but for one or two letters", 0.06, 0.003), ("agrees in part", 0.04, 0.01), ("similar", 0.03, 0.02),
        ("differs", 0.2, 0.94),
    ),
}  # fmt: skip
