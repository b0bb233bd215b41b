"""Promises that stand still are what the plain reference says (rules B5.2, ADR 0038).

People, the lead and machines order clocks to stand still and to run again, allowed or not, in time or too late, before
and after answers, withdrawals, a stronger request and the lead's erasure; all of it is read late, twice, in any order.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Request
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, captured, request, routed
from tests.unit.sla_monitor.clock_rules import ANSWERS
from tests.unit.sla_monitor.late_events import MINUTE, SECOND, Event, WithOutages, ago, examples
from tests.unit.sla_monitor.pause_reference import MAY, Order, Pauses, Promise, Target

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
MAIL = Target(5 * MINUTE, "email")
CALL = Target(HOUR, "call")
ACK = Target(15 * MINUTE, "ack", closes=False, pauses=frozenset({"pending_opt_in"}))
PERSONAL = Target(4 * HOUR, "touch")
PROMISED: dict[tuple[str, str], tuple[dict[str, Target], timedelta | None]] = {
    ("demo_request", "hot"): ({"first_email": MAIL, "first_call": CALL}, 15 * MINUTE),
    ("trial_signup", "hot"): ({"auto_ack": ACK, "first_personal": PERSONAL}, 4 * HOUR),
    ("other", "hot"): ({"first_touch": Target(HOUR, "touch")}, HOUR),
    ("other", "warm"): ({"first_touch": Target(24 * HOUR, "touch", plain=True)}, None),
}
STANDS = {"armed": "open", "warned": "open", "lapsed": "breached"}
PAUSING = {"paused", "resumed", "pause_refused", "escalated"}
ends_in = st.sampled_from((None, -10 * MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, DAY, 3 * DAY, 5 * DAY))


class StandStill(WithOutages):
    """A lead of ana's, whose manager is mia."""

    after_all = 40 * DAY
    levels: tuple[int, ...] = (50, 80)
    reference = Pauses

    @initialize(asks=st.sampled_from(sorted(PROMISED)), minutes=st.sampled_from((0, 450, 479, 600, 1440 * 3)))
    def a_lead_comes(self, asks: tuple[str, str], minutes: int) -> None:
        """In the morning, before closing, in the night or on the weekend."""
        self.begins(START + minutes * MINUTE)
        self.plain = self.reference()
        self.requests: list[Request] = []
        self.gone, self.told_at_erasure = False, 0
        self._is_asked(*asks)

    @precondition(lambda self: not self.gone and len(self.requests) == 1 and self.requests[0].type != "demo_request")
    @rule()
    def it_asks_for_more(self) -> None:
        """A stronger request: what was ordered before is not about it."""
        self._is_asked("demo_request", "hot")

    @rule(reason=st.sampled_from((*sorted(MAY), "because")), by=st.sampled_from(("lead", "ana", "mia", "automation")),
          after_s=ago, ends=ends_in)  # fmt: skip
    def somebody_pauses(self, reason: str, by: str, after_s: int, ends: timedelta | None) -> None:
        """Whoever it is, and whatever for."""
        at = self.instant() - after_s * SECOND
        until = at + ends if ends is not None else None
        self.acts_at("sla.paused", after_s, None if by == "lead" else by, reason=reason, until=until)

    @rule(by=st.sampled_from(("ana", "mia")), after_s=ago, ends=st.sampled_from((30 * MINUTE, 2 * HOUR, DAY)))
    def it_may_be_paused(self, by: str, after_s: int, ends: timedelta) -> None:
        """As the lead wished."""
        self.somebody_pauses("call_me_after", by, after_s, ends)

    @rule(after_s=ago)
    def it_runs_again(self, after_s: int) -> None:
        """Whatever stands still."""
        self.acts_at("sla.resumed", after_s, "ana")

    @rule(
        what=st.sampled_from(("email.sent", "call.connected")), by=st.sampled_from(("ana", "automation")), after_s=ago
    )
    def somebody_answers(self, what: str, by: str, after_s: int) -> None:
        """A person, or a machine by mail."""
        self.acts_at("email.sent" if by == "automation" else what, after_s, by)

    @rule(after_s=ago, chance=st.integers(0, 3))
    def it_wants_no_answer(self, after_s: int, chance: int) -> None:
        """Consent is withdrawn."""
        if chance == 0:
            self.acts_at("consent.withdrawn", after_s, None, purpose="respond", channel="any")

    @precondition(lambda self: not self.gone)
    @rule(chance=st.integers(0, 9))
    def it_is_erased(self, chance: int) -> None:
        """Nothing is told of it again."""
        if chance == 0:
            at, self.gone = self.instant(), True
            self.sends(captured(at, revision=len(self.requests) + 1, outcome="tombstone"), at)

    # What must hold

    def agrees(self) -> None:
        """Of each promise: how it stands, when it is due and was broken, what was told of each order."""
        if self.plain.erased:
            assert not self.told_at_erasure or len(self.story.emitted) == self.told_at_erasure
            self.told_at_erasure = len(self.story.emitted)
        for promise in self.plain.promises:
            told = self.told_of(promise)
            assert _said(told) == promise.said, promise
            broken = [(e.due_at, e.provisional) for e in told if e.kind in {"breached", "lapsed"}]
            assert broken == promise.broken, "each breach at a due time of its own"
            back = [e for e in told if e.kind == "breach_retracted" and e.reason == "paused"]
            assert len(back) == promise.back, "taken back once by each pause that was read late"
            levels = [e.level or 0 for e in told if e.kind == "warned"]
            assert levels == sorted(set(levels)), "each warning once"
            assert _heard(told) == {order: heard for order, heard in promise.heard.items() if heard}
            if promise.said[0] == "open":
                self._runs_as_told(promise, told)

    def _runs_as_told(self, promise: Promise, told: list[LeadSla]) -> None:
        assert told[-1].due_at == promise.due
        if promise.still:
            stands = max(end for _, end in promise.still) > self.story.now
            words = [e.kind for e in told if e.kind in {"paused", "resumed"}]
            assert words[-1] == ("paused" if stands else "resumed")

    def ends(self) -> None:
        """No verdict was early, and none is left to be given."""
        for event in self.story.told:
            if event.kind in {"breached", "lapsed"}:
                assert event.detected_at >= event.due_at == event.occurred_at
        assert not any(promise.said[0] == "open" for promise in self.plain.promises)

    # How it is done

    def told_of(self, promise: Promise) -> list[LeadSla]:
        """All events about it."""
        key = (promise.clock, promise.cycle, promise.name)
        return [e for e in self.story.told if (e.clock, e.cycle, e.target) == key]

    def _is_asked(self, kind: str, temperature: str) -> None:
        at, number = self.instant(), len(self.requests) + 1
        asked = request(f"r{number}", kind, at)
        self.requests.append(asked)
        targets, reassign = PROMISED[kind, temperature]
        routed_at = at + SECOND
        made = [Promise("customer", name, asked.id, at, at, each, self.levels) for name, each in targets.items()]
        if number == 1:
            self.assigned_at = routed_at
            if reassign is not None:
                owner = Target(reassign, "touch")
                made.append(Promise("owner", "owner_response", asked.id, routed_at, at, owner))
        self.arrives(captured(at, *self.requests, revision=number))
        self.story.now = routed_at
        if number == 2:
            self.plain.superseded[self.requests[0].id] = at
        self.plain.promises += made
        given: dict[str, Any] = {"assigned_at": self.assigned_at, "temperature": temperature}
        self.arrives(routed(routed_at, *self.requests, revision=number, **given))

    def learns(self, event: Event) -> None:
        plain = self.plain
        if isinstance(event, LeadCaptured):
            plain.erased |= event.outcome == "tombstone"
        if not isinstance(event, Activity) or plain.erased:
            return
        at, who = event.occurred_at, event.actor.id or event.actor.kind
        if event.kind == "sla.paused":
            plain.orders[event.id] = Order(event.id, at, event.received_at, event.until, event.reason or "", who)
        elif event.kind == "sla.resumed":
            plain.resumes[event.id] = at
        elif event.kind == "consent.withdrawn":
            plain.ends[event.id] = (at, "consent_withdrawn")
        else:
            plain.answers[event.id] = (at, ANSWERS[event.kind, not event.automated])

    def settles(self, outage: bool = False) -> None:
        if outage:
            self.plain.looked_at = self.story.now
        self.plain.settle(self.story.now, self.horizon)


def _said(told: list[LeadSla]) -> tuple[object, ...]:
    """How the promise stands after these events."""
    last = [e for e in told if e.kind not in PAUSING][-1]
    stands: Any = STANDS.get(last.kind, last.kind)
    if last.kind == "breach_retracted":
        stands = "open" if last.reason == "paused" else "retracted"
    if stands == "open":
        return stands, max((e.level or 0 for e in told if e.kind == "warned"), default=0)
    return stands, last.reason if stands == "cancelled" else last.response.activity if last.response else None


def _heard(told: list[LeadSla]) -> dict[Any, set[str]]:
    """What was told of each order: that it paused the promise, or why not."""
    heard: dict[Any, set[str]] = {}
    for event in told:
        if event.kind in {"paused", "pause_refused"}:
            word = "paused" if event.kind == "paused" else event.reason or ""
            heard.setdefault(event.ordered_by, set()).add(word)
    return heard


TestPauses = StandStill.TestCase
TestPauses.settings = examples(20)
