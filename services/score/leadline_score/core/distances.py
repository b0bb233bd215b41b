"""How far a lead is from the next better band of each kind, and how far it may fall within the one it is in."""

from typing import NamedTuple

from leadline_score.core.bands import Band
from leadline_score.core.exact import thousandths
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Verdict


class Distance(NamedTuple):
    """One band. `value` of `of` against it, in thousandths; `missing` until it is entered, 0 if it is in force."""

    band: str
    of: str
    value: int
    enter: int
    leave: int
    inside: bool

    @property
    def missing(self) -> int:
        """What it takes to enter, in thousandths."""
        return 0 if self.inside else max(0, self.enter - self.value)


def distances(verdict: Verdict, rules: ScoreRules) -> tuple[Distance, ...]:
    """For letter and digit the band in force and the next better one; the others each. None of a withheld score."""
    if verdict.mark is None:
        return ()
    standing, card, bands = verdict.mark.standing, verdict.card, rules.bands
    letter, digit = rules.letters.index(card.grade[0]), int(card.grade[1:]) - 1  # also where a person set the values
    fit, intent = thousandths(card.fit.value), thousandths(card.intent.value)
    whole = thousandths(card.total)
    group = card.intent.groups.get(rules.acts.product)
    product = thousandths(group.clipped) if group else 0
    letters = [f"letter {name}" for name in rules.letters]
    digits = [f"digit {place + 1}" for place in range(len(bands.digit))]
    found = [
        *_nested(letters, bands.letter, letter, ("fit", fit)),
        *_nested(digits, bands.digit, digit, ("intent", intent)),
        _one("MQL", "total", whole, bands.mql, inside=card.mql_by_score),
    ]
    if not card.mql_by_score:
        found.append(Distance("MQL", "fit", fit, bands.mql_fit, 0, fit >= bands.mql_fit))
        found.append(Distance("MQL", "intent", intent, bands.mql_intent, 0, intent >= bands.mql_intent))
    found.append(_one("PQL", rules.acts.product, product, bands.pql, inside=standing.pql))
    if not card.mql:  # which is more than the fast track
        found.append(_one("fast track", "total", whole, bands.fast, inside=standing.fast))
    return tuple(found)


def _nested(names: list[str], steps: tuple[Band, ...], place: int, measured: tuple[str, int]) -> list[Distance]:
    of, value = measured
    found = []
    if place > 0:
        found.append(_one(names[place - 1], of, value, steps[place - 1], inside=False))
    if place < len(steps):
        found.append(_one(names[place], of, value, steps[place], inside=True))
    return found


def _one(name: str, of: str, value: int, band: Band, *, inside: bool) -> Distance:
    return Distance(name, of, value, band.enter, band.leave, inside)
