"""The walk through a lead's acts: looks at the bands only where one of them may change, which bounds tell.

From one exact look to the next, gains that fall by half-lives keep at least their share by the shortest half-life, and
an act adds at most its points: it never takes anything from another, as a count cap keeps the newer. So between two
looks no band is left before `safe_until`, and none entered while intent, at most `most`, lies below every entry.
"""

from dataclasses import replace
from math import log
from typing import Final

from leadline_score.core.bands import Bands, Values, outside, step
from leadline_score.core.compiling import mypyc_attr
from leadline_score.core.decay import NEVER
from leadline_score.core.exact import SECOND
from leadline_score.core.marks import Mark, Standing
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.tallies import Look, Tallies

_LN_2: Final = log(2)  # math.log alone is a call of C in the compiled form
UNSEEN: Final = -1  # a value that nothing has


@mypyc_attr(acyclic=True)
class Followed:
    """The bands that a walk follows: MQL and PQL (`stages`), these digits (by place), the fast track."""

    def __init__(self, stages: bool, digits: list[int], fast: bool) -> None:
        self.stages = stages
        self.digits = digits
        self.fast = fast


STAGES: Final = Followed(True, [], False)


@mypyc_attr(acyclic=True)
class Walker:
    """Where the walk is: the tallies so far, the standing, and the values at the last look.

    Only the bands `followed` are seen to be entered and left. At first these are those of which it is told when they
    were entered, MQL and PQL: where the others stand follows from the last values alone, unless these lie between a
    band's two values (`undecided`); each band is entered and left for itself, so those are followed in a second walk.
    """

    def __init__(self, rules: ScoreRules, followed: Followed = STAGES) -> None:
        self.rules, self.followed = rules, followed
        self.tallies = Tallies(rules)
        self.standing = outside(rules.bands)
        self.values = Values(0, UNSEEN, UNSEEN)  # a floor of the total may be within a band: the first look counts
        self.most = self.most_product = 0
        self.fast_is_sure = True  # no act was taken in since it was seen where the total stands to the fast track
        self._bounds(Look(), 0)

    def resume(self, mark: Mark, acts: list[Scored]) -> None:
        """Go on from where an earlier walk over these acts ended."""
        for scored in acts:
            self.tallies.add(scored)
        self.standing = mark.standing
        self.values = Values(mark.fit, UNSEEN, UNSEEN)
        self.safe_until = UNSEEN

    def follow(self, acts: list[Scored]) -> None:
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

    def change(self, at: int, acts: list[Scored], fits: list[int]) -> None:
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

    def undecided(self) -> Followed | None:
        """The bands whose standing depends on looks that were not taken; None if that of none does. To be asked before
        the standing is read: one more look may have decided it.
        """
        bands, intent = self.rules.bands, self.values.intent
        fast = not self.fast_is_sure and bands.fast.leaves_open(bands.total(self.values.fit, intent))
        digits = [place for place, band in enumerate(bands.digit) if band.leaves_open(intent)]
        if digits and self._entered(digits):
            digits = []
        return Followed(False, digits, fast) if fast or digits else None

    def _entered(self, digits: list[int]) -> bool:
        """Were all of these bands entered with the last act? Then the best of them holds, as intent only fell since."""
        last = 0
        for tally in self.tallies.in_order():
            last = max(last, tally.times[-1])
        then = self.tallies.look(last).intent
        for place in digits:
            if then < self.rules.bands.digit[place].enter:
                return False
        if self.standing.digit != digits[0]:
            self.standing = replace(self.standing, digit=digits[0])
        return True

    def _add(self, scored: Scored) -> bool:
        """Take in an act; is it certain that no band changes by it?"""
        rise = self.tallies.add(scored)
        self.fast_is_sure = False
        if rise < 0:
            return False
        self.most += rise
        if scored.rule.group == self.rules.acts.product:
            self.most_product += rise
        return self.most < self.entry and self.most_product < self.product_entry

    def _reach(self, fit: int, found: Look, at: int) -> None:
        bands, now = self.rules.bands, self.values
        if not bands.fast.leaves_open(bands.total(fit, found.intent)):
            self.fast_is_sure = True
        if (
            fit != now.fit or found.intent != now.intent or found.product != now.product
        ):  # else it stands where it stood
            self.values = Values(fit, found.intent, found.product)
            self.standing = step(bands, self.standing, self.values, at)

    def _bounds(self, found: Look, at: int) -> None:
        """What may happen after an exact look: from where on a band may be entered, and until when none can be left."""
        bands, standing, fit = self.rules.bands, self.standing, self.values.fit
        self.most, self.most_product = found.intent - found.penalties, found.product
        self.entry = _entry(bands, standing, fit, self.followed) - found.penalties
        self.product_entry = bands.pql.enter if self.followed.stages and not standing.pql else NEVER
        line = _exit(bands, standing, fit, self.followed) - found.penalties
        until = NEVER if line <= -found.penalties else self._falls(found.lasting, line, found, at)
        if standing.pql and self.followed.stages:
            until = min(until, self._falls(found.lasting_product, bands.pql.leave, found, at))
        self.safe_until = until

    def _falls(self, lasting: int, line: int, found: Look, at: int) -> int:
        """An instant up to which gains of which so much is `lasting` surely stay at or above `line`."""
        line += found.slack
        if lasting <= line or line <= 0:
            return max(at, found.steady_until)
        return max(found.steady_until, at + int(self.rules.acts.shortest * log(lasting / line) / _LN_2) - SECOND)


def _entry(bands: Bands, standing: Standing, fit: int, followed: Followed) -> int:
    """The least intent at which a band is entered that is followed and that the lead is not in."""
    if bands.total_floor > 0:
        return 0
    found = NEVER
    if followed.stages and not standing.mql and fit >= bands.mql_fit:
        found = max(bands.mql.enter - fit, bands.mql_intent)
    for place in followed.digits:
        if standing.digit > place:
            found = min(found, bands.digit[place].enter)
    return min(found, bands.fast.enter - fit) if followed.fast and not standing.fast else found


def _exit(bands: Bands, standing: Standing, fit: int, followed: Followed) -> int:
    """The greatest intent below which a band is left that is followed and that the lead is in."""
    found = bands.mql.leave - fit if followed.stages and standing.mql else 0
    for place in followed.digits:
        if standing.digit <= place:
            found = max(found, bands.digit[place].leave)
    return max(found, bands.fast.leave - fit) if followed.fast and standing.fast else found
