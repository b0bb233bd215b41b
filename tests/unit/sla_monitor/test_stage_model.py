"""The stages of a lead, their clocks and its silences are what a plain walk through them says (rules B6, ADR 0039).

Routing, orders, deals, touches, acts of the lead and its erasure; all but routing is read late, twice and in any order
while months pass. Not held against it: what silence did, once it is read late that people had moved the lead before
that, or that another silence was over before something else was said or done by silence itself.
"""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.stage import LeadStage
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, captured, named, request, routed
from tests.unit.sla_monitor.late_events import MINUTE, SECOND, Event, LateEvents, examples
from tests.unit.sla_monitor.stage_reference import NOTICED, SAYS, SILENT_FOR, Entry, Stages, Thing

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
STAGES = ("captured", "MQL", "SAL", "SQL", "opportunity", "customer", "nurture", "disqualified", "archived")
REASONS = (None, "not_ready", "wrong_fit", "bad_timing", "other", "because", "do_not_contact")
CONFIRMED = (frozenset[str](), frozenset({"budget", "need"}), frozenset({"budget", "need", "timeline"}))
MOST_ROUTINGS = 8
ago = st.integers(0, 200)
DOES: dict[str, tuple[str, Any]] = {
    "assignment.accepted": ("command", "SAL"), "deal.created": ("deal", "opportunity"),
    "deal.won": ("deal", "customer"), "deal.lost": ("deal", None),
    "email.sent": ("touch", None), "page.viewed": ("act", None),
}  # fmt: skip
STANDS = {"armed": "open", "breach_retracted": "retracted"}
OUTCOMES = {"person": "MQL", "nurture": "nurture", "disqualified": "disqualified"}


class Walking(LateEvents):
    """A lead that comes to ana or into nurture. What happens happened half an hour before some full hour, and is read
    at full hours, so that no silence is over at the very minute in which somebody looks."""

    after_all = 200 * DAY

    @initialize(outcome=st.sampled_from(("person", "person", "nurture")))
    def a_lead_comes(self, outcome: str) -> None:
        """It asked for something."""
        self.begins(START)
        self.asked = request("r", "demo_request", START)
        self.plain = Stages(START)
        self.gone, self.erased, self.told_at_erasure = False, False, 0
        self.routings, self.assignment = 0, 0
        self.outcome, self.blurred = "", False
        self.orders: set[Any] = set()
        self.arrives(captured(START, self.asked))
        self.story.now += SECOND
        self._is_routed(outcome, "ana", self.story.now)
        self.story.now += 30 * MINUTE

    @precondition(lambda self: not self.gone and self.routings < MOST_ROUTINGS)
    @rule(outcome=st.sampled_from(sorted(OUTCOMES)), owner=st.sampled_from(("ana", "ben")))
    def it_is_routed(self, outcome: str, owner: str) -> None:
        """To somebody, or to nobody."""
        self._is_routed(outcome, owner, self.instant() - 30 * MINUTE)

    @rule(to=st.sampled_from(STAGES), by=st.sampled_from(("ana", "ben")), reason=st.sampled_from(REASONS), hours=ago,
          confirmed=st.sampled_from(CONFIRMED))  # fmt: skip
    def somebody_orders(self, to: str, by: str, reason: str | None, hours: int, confirmed: frozenset[str]) -> None:
        """Legal or not."""
        self._happens("stage.changed", hours, by, stage=to, reason=reason, confirmed=sorted(confirmed))

    @rule(by=st.sampled_from(("ana", "ben")), hours=ago)
    def it_is_accepted(self, by: str, hours: int) -> None:
        """By its owner, or somebody else."""
        self._happens("assignment.accepted", hours, by, member=by)

    @rule(what=st.sampled_from(("deal.created", "deal.won", "deal.lost")), hours=ago,
          reason=st.sampled_from(("no_budget", "no_need")))  # fmt: skip
    def there_is_a_deal(self, what: str, hours: int, reason: str) -> None:
        """Created, won or lost."""
        self._happens(what, hours, "ana", reason=reason if what == "deal.lost" else None)

    @rule(by=st.sampled_from(("ana", "ben", "automation")), hours=ago)
    def somebody_writes(self, by: str, hours: int) -> None:
        """A machine changes nothing."""
        self._happens("email.sent", hours, by)

    @rule(hours=ago)
    def it_does_something(self, hours: int) -> None:
        """The lead itself."""
        self._happens("page.viewed", hours, None)

    @precondition(lambda self: not self.gone)
    @rule(chance=st.integers(0, 9))
    def it_is_erased(self, chance: int) -> None:
        """Nothing is told of it again."""
        if chance == 0:
            at, self.gone = self.instant(), True
            self.sends(captured(at, revision=2, outcome="tombstone"), at)

    @rule(
        minutes=st.sampled_from((1, 24, 7 * 24, 23 * 24, 30 * 24, 91 * 24)).map(lambda h: 60 * h), horizon=st.booleans()
    )
    def time_passes(self, minutes: int, horizon: bool) -> None:
        """Hours, or months."""
        super().time_passes(minutes, horizon)

    # What must hold

    def agrees(self) -> None:
        """Where the lead is and how it came there; what became of each order; the clocks; what was told of silence."""
        if self.erased:
            assert not self.told_at_erasure or len(self.story.emitted) == self.told_at_erasure
            self.told_at_erasure = len(self.story.emitted)
            return
        if self.blurred:
            return
        walk, told = self.plain.walk, self.story.stages
        assert _applied(told) == [(each.stage, each.at, each.way) for each in walk.entries[1:]]
        last = told[-1]
        here = walk.entries[-1]
        assert (last.stage, last.since, last.stage_reason) == (here.stage, here.at, here.reason) or len(told) == 0
        words = {each.activity: each for each in told if each.activity is not None}
        for order, why in walk.why.items():
            if order in self.orders:
                assert (
                    words[order].kind == "applied" if why is None else words[order].kind in {"not_applied", "reverted"}
                )
        self._clocks_agree()
        self._silence_agrees(here)

    def _clocks_agree(self) -> None:
        told: dict[tuple[str, Any], list[str]] = {}
        for event in self.story.stage_clocks:
            told.setdefault((event.target, event.start), []).append(event.kind)
            assert event.due_at == self.plain.clocks[event.target, event.start].due
        assert {key: STANDS.get(kinds[-1], kinds[-1]) for key, kinds in told.items()} == {
            key: clock.said for key, clock in self.plain.clocks.items()
        }
        for key, clock in self.plain.clocks.items():
            assert told[key].count("breached") == clock.broken and told[key].count("breach_retracted") <= 1

    def _silence_agrees(self, here: Entry) -> None:
        words = [(e.action, e.quiet_since) for e in self.story.stages if e.kind == "stale"]
        assert len(set(words)) == len(words), "of each silence each word once"
        quiet, now = self.plain.walk.quiet, self.story.now
        if here.stage in SAYS and quiet + SILENT_FOR <= now - HOUR:
            assert (SAYS[here.stage], quiet) in words
        elif here.stage in SAYS and quiet + NOTICED <= now - HOUR:
            assert ("notice", quiet) in words

    def ends(self) -> None:
        """No verdict was early."""
        for event in self.story.stage_clocks:
            assert event.kind != "breached" or event.detected_at >= event.due_at == event.occurred_at
        for word in self.story.stages:
            assert word.detected_at >= word.occurred_at

    # How it is done

    def _is_routed(self, outcome: str, owner: str, at: Any) -> None:
        self.routings += 1
        with_somebody = outcome == "person"
        self.assignment += with_somebody
        more: dict[str, Any] = {"owner": owner, "assigned_at": at} if with_somebody else {}
        name = named(f"routing {self.routings}")
        event = routed(at, self.asked, revision=self.routings, outcome=outcome, assignment=self.assignment,
                       reason="competitor" if outcome == "disqualified" else None, **more)  # fmt: skip
        self.plain.owners.append((at, owner if with_somebody else None))
        if outcome != self.outcome and not self.erased:
            reason = event.reason if outcome == "disqualified" else None
            self.plain.things[name] = Thing(name, at, "routed", OUTCOMES[outcome], None, reason)
        self.outcome = outcome
        self.arrives(event)

    def _happens(self, kind: str, hours: int, by: str | None, **more: Any) -> None:
        """So many hours ago, but not before it was a lead."""
        since = int((self.story.now - START) / HOUR)
        self.acts_at(kind, hours % max(since, 1) * 3600 + 30 * 60, by, **more)

    def learns(self, event: Event) -> None:
        if isinstance(event, LeadCaptured):
            self.erased |= event.outcome == "tombstone"
        if not isinstance(event, Activity) or self.erased:
            return
        kind = event.kind
        way, to = DOES.get(kind, ("command", event.stage))
        if kind == "email.sent" and event.automated:
            return
        if way in {"command", "deal"}:
            self.orders.add(event.id)
        accepts, confirmed = kind == "assignment.accepted", frozenset(event.confirmed or ())
        self.plain.things[event.id] = Thing(
            event.id, event.occurred_at, way, to, event.actor.id, event.reason, confirmed, accepts
        )  # fmt: skip

    def settles(self, outage: bool = False) -> None:
        if self.erased:
            return
        silent, ordered = self.plain.silences, self.plain.ordered
        self.plain.settle(self.story.now, self.horizon)
        changed = silent ^ self.plain.silences
        known = [thing.at for thing in self.plain.things.values()] + [each.at for each in silent - changed]
        later = any(at > each.at for each in changed for at in known)
        self.blurred |= later or (bool(silent & changed) and ordered != self.plain.ordered)


def _applied(told: list[LeadStage]) -> list[tuple[str | None, Any, str | None]]:
    """The transitions that were told as applied and not taken back, in the order in which they happened."""
    undone = {each.supersedes for each in told if each.kind == "reverted"}
    stand = [each for each in told if each.kind == "applied" and each.stage_id not in undone]
    stand.sort(key=lambda each: (each.occurred_at, each.to == "archived"))
    return [(each.to, each.occurred_at, each.way) for each in stand]


TestStages = Walking.TestCase
TestStages.settings = examples(30)
