"""The walk through a lead's acts: looks at the bands only where one of them may change, which bounds tell.

From one exact look to the next, gains that fall by half-lives keep at least their share by the shortest half-life, and
an act adds at most its points: it never takes anything from another, as a count cap keeps the newer. So between two
looks no band is left before `safe_until`, and none entered while intent, at most `most`, lies below every entry.
"""

from collections.abc import Sequence
from math import log2

from leadline_runtime.core.values import dataclass
from leadline_score.core.bands import Bands, Standing, Values, outside, step
from leadline_score.core.decay import NEVER
from leadline_score.core.exact import SECOND
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Look, Tallies

_UNSEEN = -1  # a value that nothing has


@dataclass(slots=True)
class Mark:
    """A walk that was done before: up to `until`, over these `acts` (their fingerprint), and where it ended.

    Without it a lead with hundreds of acts would be walked from its first act at each new one.
    """

    until: int
    acts: str
    fit: int
    standing: Standing


class Walker:
    """Where the walk is: the tallies so far, the standing, and the values at the last look.

    Unless `every` band is followed, only those are of which it is told when they were entered: MQL and PQL. Where the
    others stand follows from the last values alone, unless these lie between a band's two values.
    """

    def __init__(self, rules: ScoreRules, *, every: bool) -> None:
        self.rules, self.every = rules, every
        self.tallies = Tallies(rules)
        self.standing = outside(rules.bands)
        self.values = Values(0, 0, 0)
        self.most = self.most_product = 0
        self._bounds(Look(0, 0, 0, 0, 0, 0, NEVER), 0)

    def resume(self, mark: Mark, acts: Sequence[Scored]) -> None:
        """Go on from where an earlier walk over these acts ended."""
        for scored in acts:
            self.tallies.add(scored)
        self.standing = mark.standing
        self.values = Values(mark.fit, _UNSEEN, _UNSEEN)
        self.safe_until = _UNSEEN

    def follow(self, acts: Sequence[Scored]) -> None:
        """Take in acts between which fit does not change."""
        place, end = 0, len(acts)
        while place < end:
            at = acts[place].at
            if at > self.safe_until:
                self.look(at)
            certain = True
            while place < end and acts[place].at == at:
                certain = self._add(acts[place]) and certain
                place += 1
            if not certain:
                self.look(at)

    def change(self, at: int, acts: Sequence[Scored], fits: Sequence[int]) -> None:
        """Take in what happens at the instant at which fit takes these values, one after the other."""
        found = self.look(at)
        if acts:
            for scored in acts:
                self._add(scored)
            found = self.tallies.look(at)
        for fit in fits:
            self._reach(fit, found, at)
        self._bounds(found, at)

    def look(self, at: int) -> Look:
        """Look at the bands at an instant, exactly."""
        found = self.tallies.look(at)
        self._reach(self.values.fit, found, at)
        self._bounds(found, at)
        return found

    def depends_on_before(self) -> bool:
        """Does the standing depend on looks that were not taken?"""
        bands, intent = self.rules.bands, self.values.intent
        whole = bands.total(self.values.fit, intent)
        return not self.every and (
            bands.fast.leave <= whole < bands.fast.enter
            or any(band.leave <= intent < band.enter for band in bands.digit)
        )

    def _add(self, scored: Scored) -> bool:
        """Take in an act; is it certain that no band changes by it?"""
        rise = self.tallies.add(scored)
        if rise < 0:
            return False
        self.most += rise
        if scored.rule.group == self.rules.acts.product:
            self.most_product += rise
        return self.most < self.entry and self.most_product < self.product_entry

    def _reach(self, fit: int, found: Look, at: int) -> None:
        values = Values(fit, found.intent, found.product)
        if values != self.values:  # else it stands where it stood
            self.values = values
            self.standing = step(self.rules.bands, self.standing, values, at)

    def _bounds(self, found: Look, at: int) -> None:
        """What may happen after an exact look: from where on a band may be entered, and until when none can be left."""
        bands, standing, fit = self.rules.bands, self.standing, self.values.fit
        self.most, self.most_product = found.intent - found.penalties, found.product
        self.entry = _entry(bands, standing, fit, self.every) - found.penalties
        self.product_entry = NEVER if standing.pql else bands.pql.enter
        line = _exit(bands, standing, fit, self.every) - found.penalties
        until = NEVER if line <= -found.penalties else self._falls(found.lasting, line, found, at)
        if standing.pql:
            until = min(until, self._falls(found.lasting_product, bands.pql.leave, found, at))
        self.safe_until = until

    def _falls(self, lasting: int, line: int, found: Look, at: int) -> int:
        """An instant up to which gains of which so much is `lasting` surely stay at or above `line`."""
        line += found.slack
        if lasting <= line or line <= 0:
            return max(at, found.steady_until)
        return max(found.steady_until, at + int(self.rules.acts.shortest * log2(lasting / line)) - SECOND)


def _entry(bands: Bands, standing: Standing, fit: int, every: bool) -> int:
    """The least intent at which a band is entered that is followed and that the lead is not in."""
    if bands.total_floor > 0:
        return 0
    found = NEVER
    if not standing.mql and fit >= bands.mql_fit:
        found = max(bands.mql.enter - fit, bands.mql_intent)
    if every and standing.digit > 0:
        found = min(found, bands.digit[standing.digit - 1].enter)
    return min(found, bands.fast.enter - fit) if every and not standing.fast else found


def _exit(bands: Bands, standing: Standing, fit: int, every: bool) -> int:
    """The greatest intent below which a band is left that is followed and that the lead is in."""
    found = bands.mql.leave - fit if standing.mql else 0
    if every and standing.digit < len(bands.digit):
        found = max(found, bands.digit[standing.digit].leave)
    return max(found, bands.fast.leave - fit) if every and standing.fast else found
