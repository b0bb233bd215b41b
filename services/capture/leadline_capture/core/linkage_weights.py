"""What a likeness is worth: Fellegi and Sunter's weights in bits, with the rarity of the very values that agree.

A weight is log2(m / u). Sums are kept apart by what they speak of, because evidence that a household or a firm shares
is not evidence of one person: however much of it there is, it picks out the household and no more.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp2, log2
from typing import Final

from leadline_capture.core.linkage_comparing import Likeness, Values
from leadline_capture.core.linkage_levels import EQUAL, LADDERS, SWAPPED
from leadline_capture.core.linkage_words import Meaning
from leadline_runtime.core.values import dataclass

# A person who moves or changes the firm changes all of an address at once: no more is held against two records than
# that one in twelve did so.
MOVED: Final = log2(1 / 12)
# Two records of one house or firm are one person's in one of three cases, as long as nothing personal is compared.
ONE_OF_THE_HOUSE: Final = -1.0
# In a house one surname is the rule, in a firm it is rare: one pair of colleagues in sixteen, family firms included.
NAMESAKES_IN_A_FIRM: Final = 4.0
# What is unknown about a person (a wish, a rank) may repeat itself, or say little: all of it counts no more than this.
# In a list of things it may be all there is.
UNKNOWN_AT_MOST: Final = 6.0
UNKNOWN_AT_LEAST: Final = -4.0
_PRIOR_PAIRS: Final = 5000.0  # how many pairs of a list weigh as much as what is known beforehand
_PRIOR_ROWS: Final = 50.0


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often the values of one comparison occur, counted by person as far as persons are known."""

    counts: Counter[str]
    rows: int
    usual: float

    def chance(self, value: str) -> float:
        """How likely somebody else has this value too."""
        share = (self.counts[value] - 1 + _PRIOR_ROWS * self.usual) / (self.rows - 1 + _PRIOR_ROWS)
        return max(share, self.usual)


def frequencies(meanings: Sequence[Meaning], records: Sequence[Values], person: Sequence[int]) -> list[Frequency]:
    """Of each comparison. `person`: whose each record is, any number a person; one who is there twice counts once."""
    found = []
    for place, meaning in enumerate(meanings):
        seen = {(value, person[row]) for row, record in enumerate(records) if (value := record[place]) is not None}
        counts = Counter(value for value, _ in seen)
        rows = len(seen)
        together = sum(count * (count - 1) for count in counts.values()) / 2
        prior = LADDERS[meaning].levels[EQUAL].u
        usual = (together + _PRIOR_PAIRS * prior) / (rows * (rows - 1) / 2 + _PRIOR_PAIRS)
        found.append(
            Frequency(counts, max(rows, 1), min(usual, 1 / max(rows, 2)) if prior < 0.01 else min(usual, prior))
        )
    return found


@dataclass(frozen=True, slots=True)
class Shares:
    """How often each level occurs: `m` of one person's records, `u` of two persons', by comparison; `prior`: log2 of
    the odds that two records of the list, taken blindly, are one person's."""

    m: tuple[tuple[float, ...], ...]
    u: tuple[tuple[float, ...], ...]
    prior: float


def known_beforehand(meanings: Sequence[Meaning], rows: int) -> Shares:
    """Before the list was looked at: one record in ten has a second one."""
    ladders = [LADDERS[meaning].levels for meaning in meanings]
    return Shares(
        tuple(_normal([level.m for level in ladder]) for ladder in ladders),
        tuple(_normal([level.u for level in ladder]) for ladder in ladders),
        log2(0.2 / max(rows - 1, 1)),
    )


def _normal(parts: Iterable[float]) -> tuple[float, ...]:
    found = tuple(parts)
    return tuple(part / sum(found) for part in found)


class Weigher:
    """Weighs likenesses with given shares and frequencies."""

    def __init__(
        self, meanings: Sequence[Meaning], shares: Shares, frequency: Sequence[Frequency], *, of_persons: bool
    ) -> None:
        self.shares, self._frequency, self._of_persons = shares, frequency, of_persons
        self._kinds = [LADDERS[meaning].kind for meaning in meanings]
        self._about_persons = "person" in self._kinds
        self._swaps = [meaning in ("given_name", "surname") for meaning in meanings]
        self._fixed = [
            [log2(m / u) for m, u in zip(ms, us, strict=True)] for ms, us in zip(shares.m, shares.u, strict=True)
        ]
        self._firm = meanings.index("company") if "company" in meanings else None
        self._last_of_firm = len(LADDERS["company"].levels) - 1
        self._equal = [log2(ms[EQUAL]) for ms in shares.m]
        self._rare: list[dict[str, float]] = [{} for _ in meanings]

    def _one_firm(self, levels: Likeness) -> bool:
        """Do both name one firm, as far as can be seen?"""
        level = None if self._firm is None else levels[self._firm]
        return level is not None and level < self._last_of_firm

    def weights(self, levels: Likeness, one: Values, other: Values) -> list[float]:
        """What each comparison is worth; 0 where nothing was compared."""
        return [
            0.0 if level is None else self._equally(place, one[place]) if level == EQUAL
            else self._nearly(place, level, one[place], other[place])
            for place, level in enumerate(levels)
        ]  # fmt: skip

    def _equally(self, place: int, value: str | None) -> float:
        assert value is not None
        rare = self._rare[place]
        if (found := rare.get(value)) is None:
            found = rare[value] = self._equal[place] - log2(self._frequency[place].chance(value))
        return found

    def _nearly(self, place: int, level: int, one: str | None, other: str | None) -> float:
        """Never more than equality of the rarer of the two would be worth. Names that changed places are worth what
        equal ones are, less the rarity of changing places, of which each of the two bears half."""
        if level == SWAPPED and self._swaps[place]:
            ms = self.shares.m[place]
            equal = min(self._equally(place, one), self._equally(place, other))
            return equal + log2(ms[SWAPPED] / ms[EQUAL]) / 2
        fixed = self._fixed[place][level]
        if fixed <= 0 or one is None or other is None:
            return fixed
        return min(fixed, max(self._equally(place, one), self._equally(place, other)))

    def log_odds(self, levels: Likeness, one: Values, other: Values, *, same_house: bool = False) -> float:
        """log2 of the odds that two records are one person's. `same_house`: it is known from elsewhere that hardly
        anybody else shares family and firm or place with them."""
        sums = {"person": 0.0, "family": 0.0, "place": 0.0, "other": 0.0}
        for kind, weight in zip(self._kinds, self.weights(levels, one, other), strict=True):
            sums[kind] += weight
        place, family = max(sums["place"], MOVED), max(sums["family"], 0.0)
        if self._of_persons:
            most = ONE_OF_THE_HOUSE - self.shares.prior
            place = most if same_house else min(place, most)
            shared = min(place + family, most + (NAMESAKES_IN_A_FIRM if self._one_firm(levels) else 0.0))
        else:
            shared = place + family
        unknown = sums["other"]
        if self._about_persons:
            unknown = min(max(unknown, UNKNOWN_AT_LEAST), UNKNOWN_AT_MOST)
        return self.shares.prior + shared + min(sums["family"], 0.0) + sums["person"] + unknown


def probability(log_odds: float) -> float:
    """From log2 of odds to a probability."""
    return 1 / (1 + exp2(-max(min(log_odds, 60.0), -60.0)))
