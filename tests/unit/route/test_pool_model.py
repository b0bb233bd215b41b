"""Pools under anything that happens to them are what the plain reference says (I11; rules B4.1-B4.8).

Leads dealt, lapsed, declined, claimed, converted; members who leave, come back, are added, removed, moved, get another
weight; days that pass; processes that die before and after what they decided was stored.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leadline_route import store
from leadline_runtime.items import Item
from leadline_schemas.codec import encode
from leadline_schemas.topics import LEAD_ROUTED
from tests.unit.route.leads import Desk, Wish, act_record, lapse_record, scored_record, stage_record
from tests.unit.route.pool_company import KINDS, as_read, book_of, people, weights
from tests.unit.route.pool_fairness import Fairness
from tests.unit.route.pool_reference import HOUR, Known, Person, Reference, Shared

START = datetime(2026, 3, 9, 12, tzinfo=UTC)
NAMES = ("ana", "ben", "cleo", "dev", "eli", "fay")


class Pools(RuleBasedStateMachine):
    """Each step is done to both; what is seen of both must be equal."""

    @initialize(
        team=st.lists(people, min_size=len(NAMES), max_size=len(NAMES)),
        east=st.dictionaries(st.sampled_from(NAMES), weights, min_size=4),
        west=st.dictionaries(st.sampled_from(NAMES), weights, min_size=2),
        policies=st.tuples(*[st.sampled_from(("skip", "catch_up", "accrue"))] * 2),
        strategy=st.sampled_from(("round_robin", "least_loaded")),
    )
    def company(self, team: list[Person], east: dict[str, int], west: dict[str, int], policies: tuple[str, str],
                strategy: str) -> None:  # fmt: skip
        """Six people, two pools."""
        pools = {
            "east": Shared(east, policies[0], "round_robin", "mia"),
            "west": Shared(west, policies[1], strategy, None),
        }
        self.plain = Reference(dict(zip(NAMES, team, strict=True)), pools, frozenset({"mia"}))
        self.ids: dict[str, UUID] = {}
        self.desk = Desk(book=book_of(self.plain), now=START)
        self.fair = {name: Fairness(set(pool.weights)) for name, pool in pools.items()}

    # What happens to leads

    @rule(kind=st.sampled_from(tuple(KINDS)), many=st.integers(1, 6), crash=st.booleans())
    def leads_come(self, kind: str, many: int, crash: bool) -> None:
        """They are dealt, held, or wait."""
        for _ in range(many):
            self._comes(kind, crash=crash)

    def _comes(self, kind: str, *, crash: bool) -> None:
        name = f"lead {len(self.ids)}"
        fields, pools, skills = KINDS[kind]
        wish = replace(Wish(name=name, start=self.desk.now), **fields)
        self.ids[name] = wish.id
        self.plain.leads[name] = lead = Known(pools, skills)
        after = self._give(lead)
        self._decide(scored_record(wish), crash=crash)
        if lead.turn is not None:
            event = self.desk.events[-1]
            assert {who: Fraction(owed) for who, owed in event.balance_after.items()} == after
            assert sum(after.values()) == 0

    @precondition(lambda self: self.plain.leads)
    @rule(data=st.data(), crash=st.booleans())
    def it_is_scored_again(self, data: st.DataObject, crash: bool) -> None:
        """It moves only if it waits, or its owner is gone."""
        name, lead = self._some_lead(data)
        fields = next(known for known, pools, skills in KINDS.values() if (pools, skills) == (lead.pools, lead.skills))
        if not self.plain.can_own(lead.owner):
            self._give(lead)
        self._decide(scored_record(replace(self._wish(name), **fields), 2), crash=crash)

    @precondition(lambda self: self.plain.leads)
    @rule(data=st.data(), times=st.integers(1, 3), crash=st.booleans())
    def its_clock_lapses(self, data: st.DataObject, times: int, crash: bool) -> None:
        """The next member, after two the manager."""
        name, _ = self._some_lead(data)
        for _ in range(times):
            self._lapses(name, crash=crash)

    def _lapses(self, name: str, *, crash: bool) -> None:
        lead, standing = self.plain.leads[name], self._standing(name)
        if lead.owner is not None and lead.owner not in self.plain.managers and lead.open:
            lapses = lead.lapses if lead.excluded else 0
            lead.excluded.add(lead.owner)
            lead.lapses = lapses + 1
            if lapses < 2:
                self._give(lead, may_hold=False)
            else:
                lead.owner, lead.assigned_at, lead.turn = lead.manager, self.desk.now, None
        self._decide(lapse_record(self.ids[name], standing.assignment, str(standing.owner), self.desk.now), crash=crash)

    @precondition(lambda self: self.plain.leads)
    @rule(data=st.data(), reason=st.sampled_from(("wrong_territory", "overloaded")), crash=st.booleans())
    def it_is_declined(self, data: st.DataObject, reason: str, crash: bool) -> None:
        """A routing error gives the turn back."""
        name, lead = self._some_lead(data)
        assume(lead.owner is not None and lead.owner not in self.plain.managers)
        by = str(lead.owner)
        if reason == "wrong_territory":
            self._take_back(lead)
        lead.excluded.add(by)
        self._give(lead)
        self._act(name, "assignment.declined", by, crash, member=by, reason=reason)

    @precondition(lambda self: self.plain.leads)
    @rule(data=st.data(), by=st.sampled_from(NAMES), reason=st.sampled_from(("wrong_territory", None)),
          crash=st.booleans())  # fmt: skip
    def it_is_reassigned_by_hand(self, data: st.DataObject, by: str, reason: str | None, crash: bool) -> None:
        """No turn; the old one is taken back if it was in the wrong place."""
        name, lead = self._some_lead(data)
        if self.plain.can_own(by) and by != lead.owner:
            if reason is not None:
                self._take_back(lead)
            self.plain.assign(lead, by, self.desk.now)
            lead.turn, lead.lapses = None, 0
        self._act(name, "assignment.reassigned", "mia", crash, member=by, reason=reason)

    @precondition(lambda self: self.plain.leads)
    @rule(data=st.data(), crash=st.booleans())
    def it_is_converted(self, data: st.DataObject, crash: bool) -> None:
        """No longer among the owner's open ones."""
        name, lead = self._some_lead(data)
        assume(lead.open)
        lead.open = False
        self.desk.now += timedelta(microseconds=1)
        self._decide(stage_record(self.ids[name], "SQL", self.desk.now, by="mia"), crash=crash)

    # What happens to people and pools

    @rule(who=st.sampled_from(NAMES), hours=st.integers(8, 60))
    def leaves(self, who: str, hours: int) -> None:
        """A declared absence from now on."""
        now = self.desk.now - (self.desk.now - START) % HOUR
        self.plain.people[who].away.append((now, now + hours * HOUR))
        self._reload()

    @rule(who=st.sampled_from(NAMES), many=st.integers(3, 6))
    def is_away_for_some_leads_and_back_for_others(self, who: str, many: int) -> None:
        """What is owed meanwhile is repaid as the policy says, also by a process that knows only the rows."""
        self.leaves(who, 8)
        for _ in range(many):
            self._comes("east", crash=False)
        self.comes_back(who)
        for _ in range(many):
            self._comes("east", crash=True)

    @rule(who=st.sampled_from(NAMES))
    def comes_back(self, who: str) -> None:
        """Earlier than declared."""
        self.plain.people[who].away.clear()
        self._reload()

    @rule(who=st.sampled_from(NAMES))
    def joins_or_leaves_the_company(self, who: str) -> None:
        """His leads stay until they are scored again."""
        self.plain.people[who].active = not self.plain.people[who].active
        self._reload()

    @rule(pool=st.sampled_from(("east", "west")), who=st.sampled_from(NAMES), weight=weights)
    def is_added_or_reweighted(self, pool: str, who: str, weight: int) -> None:
        """New: nothing owed. Known: the balance survives."""
        self.fair[pool].always.discard(who)
        self.plain.pools[pool].weights[who] = weight
        self._reload()

    @rule(pool=st.sampled_from(("east", "west")), data=st.data(), to_the_other=st.booleans())
    def is_removed_or_moved(self, pool: str, data: st.DataObject, to_the_other: bool) -> None:
        """What he was owed is owed to those who stay."""
        members = self.plain.pools[pool].weights
        assume(len(members) > 1)
        who = data.draw(st.sampled_from(sorted(members)))
        weight = members.pop(who)
        for fair in self.fair.values():
            fair.always.discard(who)
        if to_the_other:
            self.plain.pools["west" if pool == "east" else "east"].weights[who] = weight
        self._reload()

    @rule(hours=st.integers(1, 20))
    def time_passes(self, hours: int) -> None:
        """Held leads are given when somebody comes."""
        until = self.desk.now - (self.desk.now - START) % HOUR + hours * HOUR
        while (due := self._next_alarm()) is not None and due[0] <= until:
            self.desk.now = due[0]
            name = next(name for name, lead in self.ids.items() if lead == due[1])
            lead = self.plain.leads[name]
            assert lead.held is None or timedelta(0) <= due[0] - lead.held[1] < timedelta(seconds=1)
            if lead.held is not None:
                self._give(lead)
            self._decide(self.desk.timer(due[1]))
        self.desk.now = max(self.desk.now, until)

    # What must hold

    @invariant()
    def both_say_the_same(self) -> None:
        """One owner, one hold, the same balances and open leads, of each lead and member."""
        for name, lead in self.plain.leads.items():
            standing = self._standing(name)
            assert standing.owner == lead.owner
            held = (standing.hold.pool, standing.hold.until) if standing.hold else None
            assert held == lead.held
        for name, pool in self.plain.pools.items():
            for who in NAMES:
                row = self.desk.members.get(who)
                assert (row.balance(name) if row else 0) == pool.owed.get(who, 0), (name, who)
        for who in NAMES:
            row = self.desk.members.get(who)
            owned = sum(1 for each in self.plain.leads.values() if each.owner == who and each.open)
            assert (row.open if row else 0) == owned

    # How it is done

    def _decide(self, item: Item, *, crash: bool = False) -> None:
        """Decide and store. A crash: decided in vain first, by a process that is gone; then by a fresh one."""
        if crash:
            lost = self._fresh()
            lost.batch(item)
            self.desk = self._fresh()
        self.desk.batch(item)
        if crash:
            assert [encode(LEAD_ROUTED, each) for each in lost.events] == [
                encode(LEAD_ROUTED, each) for each in self.desk.events
            ]
            assert (lost.members, lost.pools, lost.states) == (self.desk.members, self.desk.pools, self.desk.states)

    def _fresh(self) -> Desk:
        """A process that knows only what was stored."""
        old = self.desk
        members = dict(store.load_of(as_read(store._member_row(who, load))) for who, load in old.members.items())
        pools = dict(store.counts_of(store._pool_row(name, counts)) for name, counts in old.pools.items())
        return Desk(book_of(self.plain), old.now, members, pools, dict(old.states), list(old.events))

    def _give(self, lead: Known, *, may_hold: bool = True) -> dict[str, Fraction]:
        free = {pool: {who for who in self.plain.pools[pool].weights if self._free(who, lead)} for pool in lead.pools}
        after = self.plain.give(lead, self.desk.now, may_hold=may_hold)
        if lead.turn is not None:
            name, move = lead.turn
            self.fair[name].note(self.plain.pools[name], lead.owner or "", move, free[name])
        return after

    def _free(self, who: str, lead: Known) -> bool:
        return self.plain.status(who, lead, self.desk.now) == "free"

    def _take_back(self, lead: Known) -> None:
        if lead.turn is not None:  # whoever had it is owed one more from now on, however many turns are taken back
            self.fair[lead.turn[0]].always.clear()
        self.plain.take_back(lead, self.desk.now)

    def _act(self, name: str, kind: str, by: str, crash: bool, **more: Any) -> None:
        moment = self.desk.now + timedelta(microseconds=1)
        self.desk.now = moment
        number = self._standing(name).assignment
        assigned = {"assignment": number} if kind.startswith("assignment.") else {}
        self._decide(act_record(self.ids[name], kind, moment, by, **assigned, **more), crash=crash)

    def _reload(self) -> None:
        self.desk.book = book_of(self.plain)

    def _some_lead(self, data: st.DataObject) -> tuple[str, Known]:
        name = data.draw(st.sampled_from(list(self.plain.leads)[-3:]))
        return name, self.plain.leads[name]

    def _standing(self, name: str) -> Any:
        return self.desk.states[self.ids[name]].body.standing

    def _wish(self, name: str) -> Wish:
        found = next(each for each in self.desk.events if each.lead_id == self.ids[name])
        request = found.requests[0]
        return Wish(name=name, start=request.start)

    def _next_alarm(self) -> tuple[datetime, UUID] | None:
        alarms: Iterator[tuple[datetime, UUID]] = (
            (state.timer_at, lead) for lead, state in self.desk.states.items() if state.timer_at
        )
        return min(alarms, default=None)


TestPools = Pools.TestCase
TestPools.settings = settings(max_examples=40, stateful_step_count=30)
