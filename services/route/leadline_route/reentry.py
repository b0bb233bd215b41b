"""When a lead that was put aside comes back: by a hand raise at once, by its score late (rules B6.3, B6.7).

Without this every rejected MQL would return on the next click.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from leadline_route.case import Case, excluded
from leadline_route.core.giving import Situation
from leadline_route.core.prospect import Prospect
from leadline_route.core.router import below, disqualifying, route
from leadline_route.core.ruling import Ruling
from leadline_route.handover import away
from leadline_route.state import Standing
from leadline_runtime.core.lifecycle import Reentry
from leadline_schemas.codec import decode_model
from leadline_schemas.event import Instant, Model
from leadline_schemas.routed import Candidate
from leadline_schemas.vocabulary import HAND_RAISES

RULE: Final = "reentry"
ASIDE: Final = frozenset({"nurture", "disqualified", "archived"})
LATER: Final = frozenset({"no_budget", "bad_timing"})  # of a lost deal: another time (rules B6.5)


class _Contribution(Model):
    at: Instant | None = None
    raw: int


class _Dimension(Model):
    contributions: tuple[_Contribution, ...] = ()


class _Card(Model):
    intent: _Dimension


class _Points(Model):
    """Of a scored event what each act gave, read only for a lead that was put aside."""

    scorecard: _Card


def is_aside(known: Standing) -> bool:
    """Was the lead routed, and put aside since?"""
    return known.stage in ASIDE and known.outcome is not None


def stays_or_comes_back(case: Case, prospect: Prospect, known: Standing) -> Ruling:
    """What becomes of a lead that was put aside: it stays there, or goes to who had it, if he is there, or on."""
    why = against(case, prospect, known)
    if why is not None:
        if known.stage == "nurture":
            return below(prospect, known.rule, why)
        return Ruling("disqualified", known.rule, reason=why)
    to_nobody = disqualifying(prospect) or not prospect.values["mql"] or prospect.values["contact_withdrawn"]
    before = None if to_nobody else previous_owner(case, known, "back again")
    return before or routed(case, prospect, known)


def routed(case: Case, prospect: Prospect, known: Standing) -> Ruling:
    """By the rules, as a lead that nobody has."""
    situation = Situation(case.now, excluded(known, case.now), held=known.hold is not None)
    return route(prospect, situation, case.draft)


def against(case: Case, prospect: Prospect, standing: Standing) -> str | None:
    """Why a lead that was put aside does not come back by this scorecard, in words; None: it does."""
    since = standing.stage_at
    if since is None:
        return None
    rules, scored = case.book.lifecycle.reentry, prospect.scored
    asked = [r for r in scored.requests if not r.historical and r.type in HAND_RAISES and r.start > since]
    if standing.stage != "nurture":
        if not asked:
            return f"it is {standing.stage} ({standing.stage_reason or 'no reason given'})"
        if standing.stage_reason in rules.reopened:
            return None
        return f"it asks again ({asked[-1].type}), but was disqualified ({standing.stage_reason}): a person decides"
    return None if asked else _by_score(prospect, standing, since, rules)


def _by_score(prospect: Prospect, standing: Standing, since: datetime, rules: Reentry) -> str | None:
    card = prospect.scored.scorecard
    wait = rules.after_lost if standing.stage_way == "deal" and standing.stage_reason in LATER else rules.after
    if Decimal(card.total) < rules.total:
        return f"put aside, total {card.total} of {rules.total}"
    if card.as_of - since < wait:
        return f"put aside at {since:%Y-%m-%d}, not for {wait.days} days yet"
    new = new_points(prospect.raw, since)
    return f"put aside, {new} of {rules.points} new points since" if new < rules.points else None


def new_points(raw: bytes, since: datetime) -> int:
    """Points of intent by acts after `since`, as they are before they fade; penalties do not count."""
    given = decode_model(_Points, raw, "lead.scored").scorecard.intent.contributions
    return sum(each.raw for each in given if each.at is not None and each.at > since and each.raw > 0)


def previous_owner(case: Case, standing: Standing, why: str) -> Ruling | None:
    """Who had it before has it again, without a turn; None: nobody had, or he is not there, or it was not for him."""
    had, team, rules = standing.had, case.book.team, case.book.lifecycle.reentry
    if had is None or not team.is_active(had) or had in excluded(standing, case.now):
        return None
    if standing.stage_reason in rules.not_to_previous_owner or away(team, had, case.now) is not None:
        return None
    reason = f"{why}: {had} had it before, no turn"
    candidate = Candidate(id=had, chosen=True, reason="chosen", why="had it before")
    return Ruling("person", RULE, owner=had, manager=standing.manager, reason=reason, candidates=(candidate,))
