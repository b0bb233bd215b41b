"""Was a column filled after the first contact? Then it tells of the end because it is part of it, and is refused.

Thresholds (docs/learned-score.md says how they were found): a column alone beyond what lead data honestly tells; cells
filled exactly for one end; answers that decide the case; and, for names that speak of afterwards, any real evidence.
"""

from typing import NamedTuple

from leadline_score.training.evidence import Decided, Evidence
from leadline_score.training.headers import Hint

TOO_GOOD = 0.85  # an AUC of a column alone that honest lead data do not reach
STRONG = 0.75  # worth a warning
FILLED_TELLS = 0.75  # an AUC of filled-or-not alone
FILLED_WARNS = 0.60
HINTED = {"strong": 0.51, "medium": 0.52}  # with a name that speaks of afterwards, this much is enough


class Suspicion(NamedTuple):
    """`refused` or only `warned` of, and why."""

    refused: bool
    why: str


def suspect(found: Evidence, hint: Hint | None, notes: bool, slot_words: tuple[str, ...]) -> Suspicion | None:
    """Judge a column; None if there is nothing to say. `notes`: its answers sound like notes of somebody at work."""
    refused = _told_by_numbers(found, slot_words)
    if refused is not None:
        return Suspicion(True, refused)
    hinted = _hinted(found, hint, notes)
    if hinted is not None:
        return hinted
    if found.least_filled_auc >= FILLED_WARNS:
        return Suspicion(False, f"{_filled(found)}: is it asked of every lead at capture?")
    if found.least_auc >= STRONG:
        return Suspicion(False, f"strong alone (AUC {found.auc:.2f}): is it known at capture?")
    return None


def _told_by_numbers(found: Evidence, slot_words: tuple[str, ...]) -> str | None:
    """What no name is needed for to see."""
    if found.least_auc >= TOO_GOOD:
        return f"too good alone: AUC {found.auc:.2f} by this column by itself"
    if found.least_filled_auc >= FILLED_TELLS:
        return f"{_filled(found)}: whether it is filled tells the end (AUC {found.filled_auc:.2f})"
    if found.exact is not None:
        return _exactly(found.exact)
    return _decides(found.decided[0], slot_words) if found.decided else None


def _hinted(found: Evidence, hint: Hint | None, notes: bool) -> Suspicion | None:
    if hint is None and not notes:
        return None
    said = "its name speaks" if hint else "its answers speak"
    least = HINTED[hint or "medium"]
    alone = found.auc - found.error >= least
    if alone or found.filled_auc - found.filled_error >= least:
        part = f"AUC {found.auc:.2f} alone" if alone else _filled(found)
        return Suspicion(True, f"{said} of what comes after the first contact, and it tells the end ({part})")
    if hint is None:
        return None
    return Suspicion(False, f"{said} of what comes after the first contact, but it hardly tells the end")


def _filled(found: Evidence) -> str:
    return f"won {found.filled_rate:.0%} where it is filled, {found.missing_rate:.0%} where it is missing"


def _exactly(decided: Decided) -> str:
    side = "filled" if decided.slot == 0 else "missing"
    end = "won" if decided.won else "lost"
    return f"{side} exactly when {end}: of {decided.rows} leads where it is {side}, {decided.rate:.1%} were won"


def _decides(decided: Decided, slot_words: tuple[str, ...]) -> str:
    end = "won" if decided.won else "lost"
    return (
        f"decides the case: of {decided.rows} leads where it is {slot_words[decided.slot]!r}, {decided.rate:.1%} were "
        f"won; {decided.share:.0%} of all that were {end} are told so"
    )
