"""The rules in order: the first that matches and can act decides (semantics, section 4; defaults C5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from leadline_route.core.candidates import Need, consider
from leadline_route.core.giving import Offer, Situation, give
from leadline_route.core.later import Later
from leadline_route.core.nurture import unlawful
from leadline_route.core.ownership import Ownership, find_owner, owners
from leadline_route.core.prospect import Prospect
from leadline_route.core.roster import Draft
from leadline_route.core.rulebook import Give, Rule
from leadline_route.core.ruling import Ruling
from leadline_route.core.selection import charged
from leadline_schemas.routed import Candidate, RuleTried


def route(prospect: Prospect, situation: Situation, draft: Draft) -> Ruling:
    """The decision for one lead; balances and counts it moves are noted in `draft`."""
    # Whoever withdrew consent is given to nobody else, whoever let the lead go.
    among_people = situation.among_people and not prospect.values["contact_withdrawn"]
    passed: dict[int, RuleTried] = {}  # rules that match and do not act, by their places
    for place, rule in prospect.book.matching(prospect.values):
        if among_people and not isinstance(rule.action, Give):
            continue
        untimely = rule.untimely(situation.at)
        if untimely is not None:
            passed[place] = untimely
            continue
        ruling = _act(rule, prospect, situation, draft)
        if isinstance(ruling, str):
            passed[place] = RuleTried(rule=rule.id, why=ruling)
            continue
        return replace(ruling, tried=_tried(place, prospect, passed, among_people=among_people))
    raise AssertionError("the last rule always matches: checked when the rules are loaded")


def _tried(
    place: int, prospect: Prospect, passed: Mapping[int, RuleTried], *, among_people: bool
) -> Sequence[RuleTried]:
    """Why each rule before `place` did not decide."""

    def told() -> Iterator[RuleTried]:
        has: dict[tuple[str, ...], str] = {}
        for before, rule in enumerate(prospect.book.rules[:place]):
            if not among_people or isinstance(rule.action, Give):
                yield passed.get(before) or rule.against(prospect.values, has)

    return Later(told)


def reachable(prospect: Prospect, *, among_people: bool) -> tuple[set[str], set[str]]:
    """The pools and the owners that `route` may look at: whose rows must be locked before.

    Of a rule that counts at certain times only, both what it does and what comes after it.
    """
    pools: set[str] = set()
    people: set[str] = set()
    for _, rule in prospect.book.matching(prospect.values):
        action = rule.action
        if among_people and not isinstance(action, Give):
            continue
        if action == "keep_owner":
            found = owners(prospect)
            people.update(found)
            pools.update(_home_pools(prospect, found))
            continue
        if isinstance(action, Give):
            names = _pool_names(action, prospect)
            if names is None:
                continue
            pools.update(names)
        if rule.time is None:
            break
    return pools, people


def needed(prospect: Prospect, rule: str) -> frozenset[str]:
    """The skills that the rule of this name asks for; none if there is no such rule any more."""
    found = next((each.action for each in prospect.book.rules if each.id == rule), None)
    return _skills(found, prospect) if isinstance(found, Give) else frozenset()


def _act(rule: Rule, prospect: Prospect, situation: Situation, draft: Draft) -> Ruling | str:
    """What the rule decides, or why it passes the lead on."""
    action = rule.action
    if isinstance(action, Give):
        names = _pool_names(action, prospect)
        if names is None:
            return f"no pool for {_territory(prospect)}"
        pools = tuple(prospect.book.team.pools[name] for name in names)
        return give(prospect, Offer(rule.id, pools, _skills(action, prospect), action.nobody), situation, draft)
    if action == "keep_owner":
        return _keep_owner(rule, prospect, situation, draft)
    if action == "disqualified":
        return Ruling("disqualified", rule.id, reason=next(iter(disqualifying(prospect)), rule.id))
    if action == "parked":
        return Ruling("parked", rule.id, reason=unlawful(prospect.channels))
    return below(prospect, rule.id, _told(prospect))


def disqualifying(prospect: Prospect) -> tuple[str, ...]:
    """The vetoes that keep the lead from everybody."""
    vetoes = zip(prospect.values["vetoes"], prospect.values["veto"], strict=True)
    return tuple(name for name, effect in vetoes if effect == "disqualify")


def below(prospect: Prospect, rule: str, reason: str) -> Ruling:
    """No person works on it: nurture, or parked where nobody may write to it."""
    if not prospect.values["marketing_allowed"]:
        return Ruling("parked", rule, reason=unlawful(prospect.channels))
    return Ruling("nurture", rule, cadence=prospect.book.cadences.choose(prospect.values), reason=reason)


def _keep_owner(rule: Rule, prospect: Prospect, situation: Situation, draft: Draft) -> Ruling | str:
    found = find_owner(prospect, situation.at, situation.excluded)
    team = prospect.book.team
    if found.owner is not None:
        manager = _manager_of(found, prospect)
        candidate = Candidate(id=found.owner, chosen=True, reason="chosen", why=found.why)
        ruling = Ruling("person", rule.id, owner=found.owner, manager=manager, candidates=(candidate,))
        return _as_turn(ruling, prospect, situation, draft) if prospect.book.ownership.counts_as_turn else ruling
    if found.pool is None:
        return found.why
    offer = Offer(rule.id, (team.pools[found.pool],), frozenset(), prospect.book.nobody, found.covering_for, found.why)
    return give(prospect, offer, situation, draft)


def _as_turn(ruling: Ruling, prospect: Prospect, situation: Situation, draft: Draft) -> Ruling:
    """The owner's turn in the pool of his territory, if he deals there: the others share, he pays."""
    book, owner = prospect.book, ruling.owner or ""
    home = next(iter(_home_pools(prospect, (owner,))), "")
    pool = book.team.pools.get(home)
    if pool is None or owner not in pool.weights:
        return ruling
    need = Need(situation.at, excluded=situation.excluded, segments=prospect.segments)
    turn = charged(pool, consider(pool, book.team.members, draft, need), draft, owner)
    return replace(ruling, pool=pool.id, before=turn.before, after=turn.after, move=turn.move)


def _manager_of(found: Ownership, prospect: Prospect) -> str | None:
    member = prospect.book.team.members.get(found.owner or "")
    home = member.territory if member else prospect.territory_id
    territory = next((each for each in prospect.book.team.territories if each.id == home), prospect.territory)
    return prospect.book.team.pools[territory.pool].manager if territory else None


def _home_pools(prospect: Prospect, people: tuple[str, ...]) -> set[str]:
    team = prospect.book.team
    homes = {team.members[each].territory for each in people if each in team.members}
    return {each.pool for each in team.territories if each.id in homes}


def _pool_names(action: Give, prospect: Prospect) -> tuple[str, ...] | None:
    if action.by_territory:
        return action.by_territory.get(prospect.territory_id or "")
    return action.pools


def _skills(action: Give, prospect: Prospect) -> frozenset[str]:
    value = prospect.values.get(action.skill_field) if action.skill_field else None
    return action.skills | {action.asked(str(value))} if value is not None else action.skills


def _territory(prospect: Prospect) -> str:
    return f"territory {prospect.territory_id}" if prospect.territory_id else "a lead without a territory"


def _told(prospect: Prospect) -> str:
    vetoes = prospect.values["vetoes"]
    why = f"veto {' and '.join(vetoes)}: nurture only" if vetoes else "no MQL reason"
    if prospect.scored.scorecard.mql and not prospect.values["mql"]:
        why = "it qualifies by new rules alone: a person decides on it"
    known = owners(prospect)
    return f"{why}; {known[0]} is to be told, who owns the lead or its account" if known else why
