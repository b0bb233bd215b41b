"""Whose rows a batch may touch: found by matching its snapshots against the rules, locked before deciding."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from leadline_route.commands import COMMANDS
from leadline_route.core.ownership import owners
from leadline_route.core.router import disqualifying, reachable
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import READS, Scored
from leadline_route.handover import LOOK
from leadline_route.moving import read_moved
from leadline_route.state import Body, Offer, Standing
from leadline_route.view import RouteView
from leadline_runtime import forwarding
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.codec import Undecodable
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage


@dataclass
class Locks:
    """Members and pools by id. Wanting too many only costs waiting; a row that is missing is noticed when asked for."""

    book: Rulebook
    view: RouteView
    members: set[str] = field(default_factory=set)
    pools: set[str] = field(default_factory=set)

    def add_lead(
        self, raw: bytes, scored: Scored | None, standing: Standing, *, among_people: bool, reopened: bool = False
    ) -> None:
        """Everybody whom this snapshot's rules may give the lead to; if it is `reopened`, whatever vetoes it has."""
        if not raw:
            return
        found = self.view.prospect(raw, scored, self.book, standing.lifted)
        if reopened and (vetoes := disqualifying(found)):
            found = self.view.prospect(raw, scored, self.book, vetoes)
        pools, people = reachable(found, among_people=among_people)
        self.add_pools(pools)
        self.add_people(people)

    def add_owners(self, body: Body) -> None:
        """Who has the lead or its account in the CRM."""
        if body.scored:
            self.add_people(owners(self.view.prospect(body.scored, None, self.book, body.standing.lifted)))

    def add_pools(self, pools: Iterable[str]) -> None:
        """Pools with all their members."""
        for pool in pools:
            self.pools.add(pool)
            if pool in self.book.team.pools:
                self.members.update(self.book.team.pools[pool].weights)

    def add_people(self, people: Iterable[str | None]) -> None:
        """Those of them who are members."""
        self.members.update(each for each in people if each is not None and each in self.book.team.members)

    def add_standing(self, standing: Standing) -> None:
        """Whoever has the lead now, whose turn could be given back, the pool it waits for."""
        if standing.owner is not None and standing.counted:
            self.members.add(standing.owner)
        if standing.move is not None:
            self.members.update(standing.move.shares)
        if standing.hold is not None:
            self.add_pools((standing.hold.pool,))
        self.add_offer(standing.offer)

    def add_offer(self, offer: Offer | None) -> None:
        """Who had what became part of the lead, and whose balances his turn moves again."""
        if offer is not None:
            self.add_people((offer.owner,))
            if offer.move is not None:
                self.members.update(offer.move.shares)


def wanted(
    items: Sequence[Item], leads: Mapping[UUID, LeadState[Body]], book: Rulebook, view: RouteView
) -> tuple[list[str], list[str]]:
    """The members and pools to lock for these items, each in the order of the ids."""
    unwrapped = [each for item in items if (each := _unwrapped(item)) is not None]
    times = Counter(each.lead_id for each in unwrapped)
    locks = Locks(book, view)
    for item in unwrapped:
        assert item.lead_id is not None
        state = leads.get(item.lead_id)
        body = state.body if state is not None else Body()
        if times[item.lead_id] > 1:
            _everything(locks, item, body)
        else:
            _needed(locks, item, body)
    return sorted(locks.members), sorted(locks.pools)


def _unwrapped(item: Item) -> Item | None:
    """A forwarded record as what it is; None: not about a lead, or not readable (deciding it will say so)."""
    if isinstance(item, Message):
        try:
            item = forwarding.unsealed(item, READS)
        except Exception:
            return None
    return item if item.lead_id is not None else None


def _needed(locks: Locks, item: Item, body: Body) -> None:
    """What the only item about this lead may touch."""
    standing, value = body.standing, _value(item)
    if isinstance(value, Scored):
        captured = value.enriched.captured
        if captured.canary:
            return  # nobody gets it
        gone = captured.merged_into is not None or captured.quarantine is not None
        owned = standing.outcome == "person" and standing.owner is not None
        if owned and not gone and locks.book.team.is_active(standing.owner or ""):
            return  # it stays where it is
        locks.add_standing(standing)
        locks.add_people((standing.had,))
        assert isinstance(item, Record)
        locks.add_lead(item.raw, value, standing, among_people=owned)
    elif isinstance(value, LeadActivity):
        _act(locks, value.activity, body)
    elif isinstance(item, Message):
        _moved(locks, item, body)
    elif isinstance(item, Timer):
        locks.add_standing(standing)
        locks.add_people((standing.had,))
        locks.add_lead(body.scored, None, standing, among_people=False)
    elif isinstance(value, LeadStage):
        locks.add_standing(standing)
        locks.add_people((standing.owner, standing.had, value.author))
        locks.add_owners(body)
        locks.add_lead(body.scored, None, standing, among_people=False, reopened=True)
        locks.add_lead(body.scored, None, standing, among_people=True)
    elif isinstance(value, LeadSla) and standing.outcome == "person":
        locks.add_standing(standing)
        locks.add_lead(body.scored, None, standing, among_people=True)


def _moved(locks: Locks, message: Message, body: Body) -> None:
    """Who has the lead, who had what became part of it, and whose turns may be given back or taken again; of one whose
    owner is to be looked at again everybody who may get it."""
    locks.add_standing(body.standing)
    locks.add_people((body.standing.owner,))
    if message.body == LOOK:
        locks.add_lead(body.scored, None, body.standing, among_people=True)
        return
    try:
        offer = read_moved(message).offer
    except Undecodable:
        return  # deciding it will say so
    locks.add_offer(offer)


def _act(locks: Locks, act: Activity, body: Body) -> None:
    if act.kind in COMMANDS:
        locks.add_standing(body.standing)
        locks.add_people((act.member, act.actor.id))
        if act.kind in ("assignment.declined", "assignment.released"):
            locks.add_lead(body.scored, None, body.standing, among_people=True)


def _everything(locks: Locks, item: Item, body: Body) -> None:
    """Several items about one lead: a later one starts from where an earlier one leaves it."""
    locks.add_standing(body.standing)
    locks.add_people((body.standing.owner, body.standing.had))
    value = _value(item)
    snapshots: list[tuple[bytes, Scored | None]] = [(body.scored, None)]
    if isinstance(value, Scored) and isinstance(item, Record):
        snapshots.append((item.raw, value))
    elif isinstance(item, Message):
        _moved(locks, item, body)
    elif isinstance(value, LeadActivity):
        locks.add_people((value.activity.member, value.activity.actor.id))
    elif isinstance(value, LeadStage):
        locks.add_people((value.author,))
        locks.add_owners(body)
    for raw, scored in snapshots:
        for among_people, reopened in ((False, False), (False, True), (True, False)):
            locks.add_lead(raw, scored, body.standing, among_people=among_people, reopened=reopened)


def _value(item: Item) -> Any:
    return item.value if isinstance(item, Record) else None
