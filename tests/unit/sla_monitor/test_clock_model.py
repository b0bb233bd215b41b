"""Clocks under anything that happens to a lead are what the plain reference says (I8, I9, I10; rules B5).

Requests, acts, assignments, bounces, withdrawals and disqualifications are read late, early, twice and in any order,
while time passes and the horizon follows, lags behind or stands still. `LEADLINE_SLA_EXAMPLES=500` looks longer.
"""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Request
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import Story, act, captured, merged, request, routed
from tests.unit.sla_monitor.clock_reference import Ask, Did, Key, Promise, Reference, Routed
from tests.unit.sla_monitor.clock_rules import ANSWERS, GRACE, STRENGTH

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
TICK, SECOND, MINUTE, DAY = timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
MOST_ROUTINGS = 8  # the monitor keeps ten
Event = LeadCaptured | LeadRouted | Activity
VERDICTS = {"breached", "lapsed"}
STANDS = {"armed": "open", "warned": "open", "lapsed": "breached", "breach_retracted": "retracted"}
ago = st.one_of(st.just(0), st.integers(0, 360), st.integers(0, 90).map(lambda minutes: 60 * minutes))


@dataclass
class Sent:
    """An event on its way: what it tells, since when it was accepted."""

    event: Event
    at: datetime


class Clocks(RuleBasedStateMachine):
    """What happens is known to nobody until it arrives; then to both."""

    @initialize(kind=st.sampled_from(STRENGTH), outcome=st.sampled_from(("person", "person", "held", "nurture")))
    def a_lead_comes(self, kind: str, outcome: str) -> None:
        """It asked for something, and is given to somebody."""
        self.story = Story(START, horizon_at=START)
        self.plain = Reference()
        self.requests: list[Request] = []
        self.acts: list[Activity] = []
        self.on_the_way: list[Sent] = []
        self.arrived: list[Event] = []
        self.revisions = {"captured": 0, "routed": 0}
        self.read = {"captured": 0, "routed": 0}
        self.assignment, self.owned, self.merged = 0, False, False
        self.it_asks(kind, 0, False)
        self.it_is_routed(outcome, True, "ana")

    # What happens

    @precondition(lambda self: not self.merged)
    @rule(kind=st.sampled_from(STRENGTH), after_s=ago, with_acts=st.booleans())
    def it_asks(self, kind: str, after_s: int, with_acts: bool) -> None:
        """A request, in a snapshot that holds all of them; and perhaps the acts."""
        at = self._instant()
        self.requests.append(request(f"r{len(self.requests)}", kind, at - after_s * SECOND, received_at=at))
        self._captures(with_acts)

    @precondition(lambda self: self.revisions["routed"] < MOST_ROUTINGS)
    @rule(outcome=st.sampled_from(("person", "person", "held", "nurture", "disqualified", "parked")),
          anew=st.booleans(), owner=st.sampled_from(("ana", "ben")))  # fmt: skip
    def it_is_routed(self, outcome: str, anew: bool, owner: str) -> None:
        """To the one who has it, to another, to nobody."""
        at = self._instant()
        self.revisions["routed"] += 1
        more: dict[str, Any] = {}
        if outcome == "person":
            self.assignment += anew or not self.owned
            more = {"assigned_at": at, "owner": owner}
        self.owned = outcome == "person"
        event = routed(at, *self.requests, revision=self.revisions["routed"], outcome=outcome,
                       **{"assignment": self.assignment, **more})  # fmt: skip
        self.on_the_way.append(Sent(event, at))

    @rule(what=st.sampled_from(sorted(ANSWERS)), by=st.sampled_from(("ana", "ben")), after_s=ago)
    def somebody_acts(self, what: tuple[str, bool], by: str, after_s: int) -> None:
        """A person or a machine, heard of at once or long after."""
        kind, person = what
        more = {"message_id": f"mail {len(self.acts)}"} if kind == "email.sent" else {}
        self._acts(kind, after_s, by if person else "automation", **more)

    @precondition(lambda self: any(a.kind == "email.sent" for a in self.acts))
    @rule(which=st.integers(0, 3), named=st.booleans(), after_s=ago)
    def a_mail_bounces(self, which: int, named: bool, after_s: int) -> None:
        """It names the mail, or it does not."""
        mails = [a for a in self.acts if a.kind == "email.sent"]
        mail = mails[which % len(mails)]
        self._acts("email.bounced", after_s, None, **({"message_id": mail.message_id} if named else {}))

    @rule(channel=st.sampled_from(("any", "phone", "email")), after_s=ago)
    def consent_is_withdrawn(self, channel: str, after_s: int) -> None:
        """For everything, or for one channel."""
        self._acts("consent.withdrawn", after_s, None, purpose="respond", channel=channel)

    @rule(after_s=ago)
    def it_is_disqualified(self, after_s: int) -> None:
        """By a person."""
        self._acts("stage.changed", after_s, "ana", stage="disqualified", reason="wrong_fit")

    @precondition(lambda self: not self.merged)
    @rule(chance=st.integers(0, 9))
    def it_becomes_part_of_another(self, chance: int) -> None:
        """Its clocks end; promises to the customer go to the other lead."""
        self.merged = chance == 0
        if self.merged:
            self._captures(False, outcome="tombstone", merged_into=merged(self.revisions["captured"] + 1))

    # What is read, and when

    @precondition(lambda self: self.on_the_way)
    @rule(which=st.integers(0, 5))
    def something_arrives(self, which: int) -> None:
        """Any of what is on its way."""
        sent = self.on_the_way.pop(which % len(self.on_the_way))
        self._arrives(sent.event)

    @precondition(lambda self: self.on_the_way)
    @rule()
    def all_arrives(self) -> None:
        """In the order in which it was sent."""
        waiting, self.on_the_way = self.on_the_way, []
        for sent in waiting:
            self._arrives(sent.event)

    @precondition(lambda self: self.arrived)
    @rule(which=st.integers(0, 20))
    def it_arrives_again(self, which: int) -> None:
        """What was read once."""
        told = len(self.story.told)
        self._arrives(self.arrived[which % len(self.arrived)])
        assert len(self.story.told) == told, "a repeat tells nothing"

    @rule(minutes=st.one_of(st.integers(1, 6), st.sampled_from((15, 60, 240, 1440))), horizon=st.booleans())
    def time_passes(self, minutes: int, horizon: bool) -> None:
        """All that was accepted up to the horizon has been read."""
        until = self.story.now + minutes * MINUTE
        if horizon:
            waits = min((sent.at - TICK for sent in self.on_the_way), default=until)
            self.story.horizon_at = max(self.horizon, min(waits, until))
            self.story.until(self.story.now)
        self.story.until(until)
        self._settle()

    # What must hold

    @invariant()
    def both_say_the_same(self) -> None:
        """Of each promise: armed, due, warned, met by what, ended why, broken once, taken back once."""
        if not hasattr(self, "story"):
            return
        told: dict[Key, list[LeadSla]] = {}
        for event in self.story.told:
            told.setdefault(_key(event), []).append(event)
        gone = self.read_tombstone and {key for key, each in self.plain.promises.items() if each.clock == "customer"}
        assert set(told) - set(gone or ()) == set(self.plain.promises) - set(gone or ())
        for key, promise in self.plain.promises.items():
            if not gone or key not in gone:
                assert _said(told[key]) == _wanted(promise), key
        assert len({event.sla_id for event in self.story.told}) == len(self.story.told)

    def teardown(self) -> None:
        """In the end all has arrived, and every promise has ended."""
        if not hasattr(self, "story"):
            return
        self.on_the_way.sort(key=lambda sent: sent.at)
        for sent in self.on_the_way:
            self._arrives(sent.event)
        self.on_the_way = []
        self.time_passes(int(7 * DAY / MINUTE), True)
        self.both_say_the_same()
        for event in self.story.told:
            if event.kind in VERDICTS:
                assert event.detected_at >= event.due_at == event.occurred_at
                assert not event.provisional or event.detected_at >= event.due_at + GRACE
        assert not any(promise.said[0] == "open" for promise in self.plain.promises.values()) or self.merged

    # How it is done

    @property
    def horizon(self) -> datetime:
        assert self.story.horizon_at is not None
        return self.story.horizon_at

    @property
    def read_tombstone(self) -> bool:
        return self.plain.merged_at is not None

    def _instant(self) -> datetime:
        """No two things happen at one instant."""
        self.story.now += TICK
        return self.story.now

    def _captures(self, with_acts: bool, **more: Any) -> None:
        at = self._instant()
        self.revisions["captured"] += 1
        if with_acts:
            more["acts"] = tuple(self.acts)
        self.on_the_way.append(
            Sent(captured(at, *self.requests, revision=self.revisions["captured"], **more), at)
        )  # fmt: skip

    def _acts(self, kind: str, after_s: int, by: str | None, **more: Any) -> None:
        at = self._instant()
        done = act(f"act {len(self.acts)}", kind, at - after_s * SECOND, by, received_at=at, **more)
        self.acts.append(done)
        self.on_the_way.append(Sent(done, at))

    def _arrives(self, event: Event) -> None:
        if event not in self.arrived:
            self.arrived.append(event)
        self.story.reads(event)
        if isinstance(event, Activity):
            self._learn(event)
        elif isinstance(event, LeadCaptured):
            self._learn_captured(event)
        elif event.revision > self.read["routed"]:
            self.read["routed"] = event.revision
            if not self.read_tombstone:
                held = [Ask(r.id, r.type, r.start, r.received_at) for r in event.requests]
                self.plain.read_routing(Routed(event.basis.decided_at, event.outcome, event.assignment), held)
        self._settle()

    def _learn_captured(self, event: LeadCaptured) -> None:
        if event.revision <= self.read["captured"]:
            return
        self.read["captured"] = event.revision
        if event.merged_into is not None:
            self.plain.merged_at = event.basis.decided_at
        for each in event.requests:
            self.plain.read_request(Ask(each.id, each.type, each.start, each.received_at)).captured = True
        for done in event.acts:
            self._learn(done)

    def _learn(self, done: Activity) -> None:
        if self.read_tombstone:
            return
        ends = {"consent.withdrawn": "consent_withdrawn", "stage.changed": "disqualified"}.get(done.kind)
        self.plain.acts[done.id] = Did(
            done.id, done.occurred_at, ANSWERS.get((done.kind, not done.automated), frozenset()), ends,
            done.channel if done.channel != "any" else None, done.kind == "email.sent", done.message_id,
            done.kind == "email.bounced",
        )  # fmt: skip

    def _settle(self) -> None:
        self.plain.settle(self.story.now, min(self.horizon, self.story.now))


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
TestClocks.settings = settings(
    max_examples=int(os.environ.get("LEADLINE_SLA_EXAMPLES", "40")), stateful_step_count=30, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
