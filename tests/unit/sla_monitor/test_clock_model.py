"""Clocks under anything that happens to a lead are what the plain reference says (I8, I9, I10; rules B5).

Requests, acts, assignments, bounces, withdrawals, disqualifications and its erasure are read late, early, twice and in
any order, while time passes and the horizon follows, lags behind or stands still, and nobody looks for a while.
"""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Request
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import captured, merged, request, routed
from tests.unit.sla_monitor.clock_facts import Ask, Did, Routed
from tests.unit.sla_monitor.clock_reference import Key, Promise, Reference
from tests.unit.sla_monitor.clock_rules import ANSWERS, GRACE, STRENGTH
from tests.unit.sla_monitor.late_events import SECOND, Event, WithOutages, ago, examples

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
MOST_ROUTINGS = 8  # the monitor keeps ten
VERDICTS = {"breached", "lapsed"}
STANDS = {"armed": "open", "warned": "open", "lapsed": "breached", "breach_retracted": "retracted"}


class Clocks(WithOutages):
    """One lead, asked for and answered."""

    @initialize(kind=st.sampled_from(STRENGTH), outcome=st.sampled_from(("person", "person", "held", "nurture")))
    def a_lead_comes(self, kind: str, outcome: str) -> None:
        """It asked for something, and is given to somebody."""
        self.begins(START)
        self.plain = Reference()
        self.requests: list[Request] = []
        self.told_at_erasure = 0
        self.revisions = {"captured": 0, "routed": 0}
        self.read = {"captured": 0, "routed": 0}
        self.assignment, self.owned, self.gone = 0, False, False
        self.it_asks(kind, 0, False)
        self.it_is_routed(outcome, True, "ana")

    # What happens

    @precondition(lambda self: not self.gone)
    @rule(kind=st.sampled_from(STRENGTH), after_s=ago, with_acts=st.booleans())
    def it_asks(self, kind: str, after_s: int, with_acts: bool) -> None:
        """A request, in a snapshot that holds all of them; and perhaps the acts."""
        at = self.instant()
        self.requests.append(request(f"r{len(self.requests)}", kind, at - after_s * SECOND, received_at=at))
        self._captures(with_acts)

    @precondition(lambda self: self.revisions["routed"] < MOST_ROUTINGS)
    @rule(outcome=st.sampled_from(("person", "person", "held", "nurture", "disqualified", "parked")),
          anew=st.booleans(), owner=st.sampled_from(("ana", "ben")))  # fmt: skip
    def it_is_routed(self, outcome: str, anew: bool, owner: str) -> None:
        """To the one who has it, to another, to nobody."""
        at = self.instant()
        self.revisions["routed"] += 1
        more: dict[str, Any] = {}
        if outcome == "person":
            self.assignment += anew or not self.owned
            more = {"assigned_at": at, "owner": owner}
        self.owned = outcome == "person"
        event = routed(at, *self.requests, revision=self.revisions["routed"], outcome=outcome,
                       **{"assignment": self.assignment, **more})  # fmt: skip
        self.sends(event, at)

    @rule(what=st.sampled_from(sorted(ANSWERS)), by=st.sampled_from(("ana", "ben")), after_s=ago)
    def somebody_acts(self, what: tuple[str, bool], by: str, after_s: int) -> None:
        """A person or a machine, heard of at once or long after."""
        kind, person = what
        more = {"message_id": f"mail {len(self.acts)}"} if kind == "email.sent" else {}
        self.acts_at(kind, after_s, by if person else "automation", **more)

    @precondition(lambda self: any(a.kind == "email.sent" for a in self.acts))
    @rule(which=st.integers(0, 3), named=st.booleans(), after_s=ago)
    def a_mail_bounces(self, which: int, named: bool, after_s: int) -> None:
        """It names the mail, or it does not."""
        mails = [a for a in self.acts if a.kind == "email.sent"]
        mail = mails[which % len(mails)]
        self.acts_at("email.bounced", after_s, None, **({"message_id": mail.message_id} if named else {}))

    @rule(channel=st.sampled_from(("any", "phone", "email")), after_s=ago)
    def consent_is_withdrawn(self, channel: str, after_s: int) -> None:
        """For everything, or for one channel."""
        self.acts_at("consent.withdrawn", after_s, None, purpose="respond", channel=channel)

    @rule(after_s=ago)
    def it_is_disqualified(self, after_s: int) -> None:
        """By a person."""
        self.acts_at("stage.changed", after_s, "ana", stage="disqualified", reason="wrong_fit")

    @precondition(lambda self: not self.gone)
    @rule(chance=st.integers(0, 9))
    def it_is_erased(self, chance: int) -> None:
        """What was kept or broken stays so; everything else ends, and nothing is ever told of it again."""
        if chance == 0:
            self.gone = True
            self._captures(False, outcome="tombstone")

    @precondition(lambda self: not self.gone)
    @rule(chance=st.integers(0, 9))
    def it_becomes_part_of_another(self, chance: int) -> None:
        """Its clocks end; promises to the customer go to the other lead."""
        self.gone = chance == 0
        if self.gone:
            self._captures(False, outcome="tombstone", merged_into=merged(self.revisions["captured"] + 1))

    # What must hold

    def agrees(self) -> None:
        """Of each promise: armed, due, warned, met by what, ended why, broken once, taken back once."""
        if self.plain.erased_at:
            assert not self.told_at_erasure or len(self.story.emitted) == self.told_at_erasure
            self.told_at_erasure = len(self.story.emitted)
        told: dict[Key, list[LeadSla]] = {}
        for event in self.story.told:
            told.setdefault(_key(event), []).append(event)
        gone = self.read_tombstone and {key for key, each in self.plain.promises.items() if each.clock == "customer"}
        assert set(told) - set(gone or ()) == set(self.plain.promises) - set(gone or ())
        for key, promise in self.plain.promises.items():
            if not gone or key not in gone:
                assert _said(told[key]) == _wanted(promise), key

    def ends(self) -> None:
        """No verdict was early, and none is left to be given."""
        for event in self.story.told:
            if event.kind in VERDICTS:
                assert event.detected_at >= event.due_at == event.occurred_at
                assert not event.provisional or event.detected_at >= event.due_at + GRACE
        assert not any(promise.said[0] == "open" for promise in self.plain.promises.values()) or self.gone

    # How it is done

    @property
    def read_tombstone(self) -> bool:
        return self.plain.merged_at is not None

    def _captures(self, with_acts: bool, **more: Any) -> None:
        at = self.instant()
        self.revisions["captured"] += 1
        if with_acts:
            more["acts"] = tuple(self.acts)
        self.sends(captured(at, *self.requests, revision=self.revisions["captured"], **more), at)

    def learns(self, event: Event) -> None:
        if isinstance(event, Activity):
            self._learn(event)
        elif isinstance(event, LeadCaptured):
            self._learn_captured(event)
        elif event.revision > self.read["routed"]:
            self.read["routed"] = event.revision
            if not self.read_tombstone and self.plain.erased_at is None:
                held = [Ask(r.id, r.type, r.start, r.received_at) for r in event.requests]
                self.plain.read_routing(Routed(event.basis.decided_at, event.outcome, event.assignment), held)

    def _learn_captured(self, event: LeadCaptured) -> None:
        if event.revision <= self.read["captured"] or self.plain.erased_at:
            return
        self.read["captured"] = event.revision
        if event.outcome == "tombstone" and event.merged_into is None:
            self.plain.erased_at = event.basis.decided_at
            return
        if event.merged_into is not None:
            self.plain.merged_at = event.basis.decided_at
        for each in event.requests:
            self.plain.read_request(Ask(each.id, each.type, each.start, each.received_at)).captured = True
        for done in event.acts:
            self._learn(done)

    def _learn(self, done: Activity) -> None:
        if self.read_tombstone or self.plain.erased_at:
            return
        ends = {"consent.withdrawn": "consent_withdrawn", "stage.changed": "disqualified"}.get(done.kind)
        self.plain.acts[done.id] = Did(
            done.id, done.occurred_at, ANSWERS.get((done.kind, not done.automated), frozenset()), ends,
            done.channel if done.channel != "any" else None, done.kind == "email.sent", done.message_id,
            done.kind == "email.bounced",
        )  # fmt: skip

    def settles(self, outage: bool = False) -> None:
        if outage:
            self.plain.looked_at = self.story.now
        self.plain.settle(self.story.now, self.horizon)


def _key(event: LeadSla) -> Key:
    if event.clock == "owner":
        return "owner", event.assignment
    return (event.cycle, event.target) if event.clock == "customer" else ("decision", event.cycle)


def _said(told: list[LeadSla]) -> tuple[object, ...]:
    """What the events of one promise say together: how it stands by what, when due, how often it was judged and how."""
    kinds, last = Counter(e.kind for e in told), told[-1]
    levels = [e.level or 0 for e in told if e.kind == "warned"]
    assert levels == sorted(set(levels)), "each warning once, the higher one later"
    by: object = last.response.activity if last.response else None
    stands = STANDS.get(last.kind, last.kind)
    if stands == "open":
        by = levels[-1] if levels else 0
    elif stands == "cancelled":
        by = last.reason
    broken = [e.provisional for e in told if e.kind in VERDICTS]
    return (stands, by), last.due_at, broken, kinds["breach_retracted"]


def _wanted(promise: Promise) -> tuple[object, ...]:
    broken = [promise.provisional] if promise.verdict else []
    return promise.said, promise.due, broken, int(promise.verdict == "retracted")


TestClocks = Clocks.TestCase
TestClocks.settings = examples(40)
