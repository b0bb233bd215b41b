"""A change of the roster, decided: it applies if the files with it over them are rules that may be used. Pure."""

from collections.abc import Mapping
from typing import Any

from leadline_route.core.overlay import NotPossible, TeamOverlay, changed
from leadline_route.outcomes import CommandOutcome
from leadline_route.roster_entries import Changed, Entry
from leadline_route.roster_rules import laid_over
from leadline_route.rules import build
from leadline_route.view import RouteView
from leadline_runtime.core.errors import RulesError
from leadline_runtime.decision import Decision, Grounds, drop, duplicate
from leadline_schemas.roster import RosterChange


def on_roster_change(change: RosterChange, view: RouteView, grounds: Grounds) -> Decision[Any]:
    """Apply it, or keep why not: nothing else changes then."""
    if change.submission_id in view.known_changes:
        return duplicate()
    try:
        overlay = _applied(change, view.overlay, grounds)
    except NotPossible as why:
        return drop("not_applied", delta=_told(change, None, why, grounds))
    return drop("kept", delta=_told(change, overlay, None, grounds))


def _applied(change: RosterChange, before: TeamOverlay, grounds: Grounds) -> TeamOverlay:
    contents: Mapping[str, Any] = grounds.rules.contents
    if change.member not in grounds.rules.team.members:
        known = ", ".join(sorted(grounds.rules.team.members)[:50])
        raise NotPossible("no_such_member", f"{change.member} is no member of team.yaml; known: {known}")
    pools = grounds.rules.team.pools
    strange = sorted(set(change.settings.weights or ()) - set(pools)) if change.settings is not None else []
    known = ", ".join(sorted(pools)[:50])
    wrong = [f"weights.{each}: is no pool; known: {known}" for each in strange]
    overlay = changed(before, change, grounds.decided_at)
    try:
        build(laid_over(overlay, contents))
    except RulesError as error:
        wrong += [f"{each.path}: {each.problem}" for each in error.faults]
    if wrong:
        raise NotPossible("invalid_roster", "; ".join(wrong))
    return overlay


def _told(change: RosterChange, overlay: TeamOverlay | None, why: NotPossible | None, grounds: Grounds) -> Changed:
    number = overlay.number if overlay is not None else None
    reason, detail = (why.reason, why.detail) if why is not None else (None, None)
    entry = Entry(change, grounds.decided_at, number, reason, detail)
    outcome = CommandOutcome(
        id=change.submission_id, lead_id=None, applied=why is None, reason=reason, detail=detail, outcome=None,
        owner=None, assignment=number or 0, over_cap=False, decided_at=grounds.decided_at, source=change.source,
    )  # fmt: skip
    return Changed(overlay, entry, outcome)
