"""The same promise to two leads that become one and are taken apart again, with running clocks, is what a count by hand
says (rules B5.8): nothing is lost or doubled over it.

Answers to either, the merge and the unmerge are read in any order, with messages between the lanes that come when they
come; all of it before time passes or they part, so that verdicts are those of what had happened. (Read even later:
test_merge_orders.)
"""

from collections import Counter
from datetime import datetime
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import act, request, routed
from tests.support.sla_two_leads import PART, ROOT, Event, Two, did, part, root, routed_part, tombstone
from tests.unit.sla_monitor.late_events import DAY, MINUTE, SECOND, TICK, examples
from tests.unit.sla_monitor.merge_reference import Promise, TwoPromises

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
seeds = st.integers(0, 1000)
STANDS = {"armed": "open", "warned": "open", "breach_retracted": "retracted"}


class Merging(RuleBasedStateMachine):
    """Two leads that ask for the same: a first touch within an hour of open time."""

    @initialize(minutes=st.sampled_from((0, 5, 20, 45, 70)))
    def two_leads_come(self, minutes: int) -> None:
        """The part some time after the root."""
        self.two, self.unread, self.merged, self.parted = Two(START), list[Event](), False, False
        self.acts = 0
        self.first = request("r", "other", START)
        self.second = request("r2", "other", START + minutes * MINUTE + 2 * SECOND, origin=PART)
        self.plain = TwoPromises(
            Promise(self.first.id, self.first.start, self.first.start),
            Promise(self.second.id, self.second.start, self.second.start),
        )
        self.two.reads(root(START, self.first))
        self.two.until(START + SECOND)
        self.two.reads(routed(START + SECOND, self.first))
        self.two.until(self.second.start)
        self.two.reads(part(self.second.start, self.second), routed_part(self.second.start + TICK, self.second))
        self.plain.until(self.two.now)

    @rule(of_part=st.booleans(), minutes=st.sampled_from((0, 0, 1, 20, 40, 90)))
    def somebody_answers(self, of_part: bool, minutes: int) -> None:
        """One or the other; it is heard of at once or later."""
        now = self._instant()
        at, origin = now - minutes * MINUTE, PART if of_part else ROOT
        self.acts += 1
        done = act(f"act {self.acts}", "call.connected", at, "ana", received_at=now, origin=origin)
        told_of = PART if of_part and not self.merged else ROOT
        self.unread.append(did(told_of, done, 1 + self.merged + 2 * self.parted))
        self.plain.answers.append((int(of_part), at))
        self.plain.looks()

    @precondition(lambda self: not self.merged and not self.parted)
    @rule(seed=seeds)
    def they_are_one(self, seed: int) -> None:
        """A person says so."""
        at, self.merged = self._instant(), True
        self.unread += [tombstone(at), root(at, self.first, self.second, revision=2, aliases=(PART,))]
        self.plain.merges(at)
        self._reads(Random(seed))

    @precondition(lambda self: self.merged)
    @rule(seed=seeds)
    def they_are_two(self, seed: int) -> None:
        """It was wrong."""
        self._reads(Random(seed))
        at, self.merged, self.parted = self._instant(), False, True
        self.unread += [
            root(at, self.first, revision=3, parted_at=at), part(at, self.second, revision=3, parted_at=at)
        ]  # fmt: skip
        self.plain.parts(at)
        self._reads(Random(seed))

    @rule(minutes=st.sampled_from((1, 5, 15, 30, 60, 120)), seed=seeds)
    def time_passes(self, minutes: int, seed: int) -> None:
        """Everything that was said has been read, in some order."""
        self._reads(Random(seed))
        self.two.until(self.two.now + minutes * MINUTE)
        self.plain.until(self.two.now)

    @invariant()
    def both_say_the_same(self) -> None:
        """Of each promise, once all is read: how it stands, until when, how often it was broken; who has it is one."""
        if not hasattr(self, "two") or self.unread or self.two.waiting:
            return
        told = [e.event for e in self.two.emitted if isinstance(e.event, LeadSla)]
        held = [p for state in self.two.states.values() for p in state.body.promises if p.clock == "customer"]
        assert max(Counter(p.key for p in held).values()) == 1
        for promise in self.plain.promises:
            mine = [e for e in told if e.clock == "customer" and e.cycle == promise.id]
            assert STANDS.get(mine[-1].kind, mine[-1].kind) == promise.said
            assert mine[-1].due_at == promise.due or promise.said != "open"
            kinds = Counter(e.kind for e in mine)
            assert kinds["breached"] == promise.broken and kinds["breach_retracted"] <= 1
        assert max(Counter(self.two.ids()).values()) == 1

    def teardown(self) -> None:
        """In the end every promise has ended."""
        if hasattr(self, "two"):
            self.time_passes(int(3 * DAY / MINUTE), 0)
            self.both_say_the_same()
            assert not any(promise.said == "open" for promise in self.plain.promises)

    def _instant(self) -> datetime:
        self.two.now += TICK
        return self.two.now

    def _reads(self, chance: Random) -> None:
        """Each topic of a lead in its order; of everything else, whichever comes first."""
        while self.unread or self.two.waiting:
            heads = {(e.lead_id, type(e)): e for e in reversed(self.unread)}
            which = chance.randrange(len(heads) + len(self.two.waiting))
            if which < len(heads):
                event = list(heads.values())[which]
                self.unread.remove(event)
                self.two.reads(event)
            else:
                self.two.arrives_one(which - len(heads))


TestMerging = Merging.TestCase
TestMerging.settings = examples(30, steps=15)
