"""Leads, acts and decisions for the tests of score, as events really look."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import leadline_score
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.step import NoView
from leadline_schemas.activity import Activity, Actor, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.event import Basis, Model, RulesRef
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Lead, Request
from leadline_schemas.scored import LeadScored
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED, Topic
from leadline_score.core.rulebook import ScoreRules
from leadline_score.decide import decide
from leadline_score.rejudging import REJUDGE
from leadline_score.rules import FILE, SPEC
from leadline_score.state import Body, BodyCodec

LEAD = derived_id("test", "lead")


@cache
def preset(name: str) -> LoadedRules[ScoreRules]:
    """The rules that ship with another preset of the MQL band."""
    text = (Path(leadline_score.__file__).parent / "rules" / FILE).read_text()
    with TemporaryDirectory() as directory:
        (Path(directory) / FILE).write_text(text.replace("preset: standard", f"preset: {name}"))
        return load_rules(SPEC, Path(directory))


@cache
def loaded() -> LoadedRules[ScoreRules]:
    """The rules that ship."""
    return load_rules(SPEC)


def at(text: str) -> datetime:
    """`03-12T15:00:00` of 2026 in UTC, or a whole RFC 3339 instant."""
    return datetime.fromisoformat(text if text.endswith("Z") else f"2026-{text}+00:00")


def act(called: str, kind: str, when: datetime, **more: Any) -> Activity:
    """An act of the lead; the same word gives the same id."""
    given = {"origin": LEAD, "received_at": when, "actor": Actor(kind="lead"), "direction": "in", **more}
    return Activity.model_validate({"id": derived_id("test", called), "kind": kind, "occurred_at": when, **given})


def asked(called: str, kind: str, when: datetime, **more: Any) -> Request:
    """A request; the same word gives the same id."""
    given = {"origin": LEAD, "received_at": when, **more}
    return Request.model_validate({"id": derived_id("test", called), "type": kind, "start": when, **given})


def _basis(cause: UUID, when: datetime) -> Basis:
    return Basis(
        decided_at=when,
        as_of=when,
        rules=RulesRef(version="1", digest="0"),
        code="test",
        cause=cause,
        cause_kind="record",
    )


def snapshot(
    received_at: datetime,
    lead: Lead | None = None,
    effective: Effective | None = None,
    acts: Iterable[Activity] = (),
    **more: Any,
) -> LeadEnriched:
    """The lead as enrich tells it. `revision` and all other fields of captured may be given in `more`."""
    revision = more.pop("revision", 1)
    account = more.pop("account", None)
    basis = _basis(derived_id("test", "enriched", revision), received_at)
    captured = LeadCaptured(
        lead_id=LEAD,
        revision=revision,
        basis=basis,
        outcome=more.pop("outcome", "created"),
        received_at=received_at,
        acts=tuple(acts),
        lead=lead or Lead(),
        **more,
    )
    return LeadEnriched(
        lead_id=LEAD,
        revision=revision,
        basis=basis,
        facts={},
        account=account,
        effective=effective or Effective(),
        complete=True,
        captured=captured,
    )


class Desk:
    """Score's decisions about one lead, its state going through bytes between any two, as in the database."""

    def __init__(self) -> None:
        self.rules = loaded()
        self.state: LeadState[Body] | None = None
        self.now = at("01-01T00:00:00")
        self.decisions: list[Decision[Body]] = []

    def snapshot(self, enriched: LeadEnriched, now: datetime | None = None) -> Decision[Body]:
        """A `lead.enriched` is read; the clock stands where it was received unless said."""
        return self.take(_record(LEAD_ENRICHED, enriched), now or enriched.captured.received_at)

    def act(self, activity: Activity, now: datetime | None = None, snapshot: int | None = None) -> Decision[Body]:
        """A `lead.activity` is read. `snapshot`: the lead's revision when it was told."""
        basis = _basis(activity.id, activity.received_at)
        event = LeadActivity(lead_id=LEAD, revision=1, basis=basis, activity=activity, snapshot=snapshot)
        return self.take(_record(LEAD_ACTIVITY, event), now or activity.received_at)

    def rejudge(self, rules: LoadedRules[ScoreRules] | None = None) -> Decision[Body]:
        """The pass comes by, after these rules were published."""
        self.rules = rules or self.rules
        return self.take(
            Message(derived_id("pass", self.rules.ref.digest, len(self.decisions)), LEAD, REJUDGE), self.now
        )

    def word(self, kind: str, when: datetime, author: str = "mara") -> Decision[Body]:
        """A person releases or dismisses the lead."""
        actor = {"kind": "person", "id": author}
        return self.act(act(f"{kind} {when}", kind, when, direction="none", actor=actor, reason="looked at it"))

    def alarm(self) -> Decision[Body]:
        """The lead's timer falls due and is found a second later."""
        assert self.state is not None and self.state.timer_at is not None
        due = self.state.timer_at
        return self.take(Timer(LEAD, "timer", due, self.state.revision), due)

    def take(self, item: Item, now: datetime) -> Decision[Body]:
        """Decide one item at `now`, or later if the clock is past it."""
        self.now = max(self.now, now)
        decision = decide(item, self.state, NoView(), grounds(item, self.now, self.rules))
        found = decision.states.get(LEAD)
        if found is not None:
            assert found.timer_at is None or found.timer_at > self.now
            codec = BodyCodec()
            self.state = found.having(body=codec.decode(codec.encode(found.body)))
        self.decisions.append(decision)
        return decision

    @property
    def last(self) -> LeadScored:
        """The newest event."""
        return [event for decision in self.decisions for event in scored(decision)][-1]


def grounds(item: Item, now: datetime, rules: LoadedRules[ScoreRules] | None = None) -> Grounds:
    """What a decision stands on, with the rules that ship unless others are given."""
    in_force = rules or loaded()
    return Grounds(now, None, in_force.rules, in_force.ref, "test", item)


def scored(decision: Decision[Body]) -> list[LeadScored]:
    """The events of a decision."""
    return [emit.event for emit in decision.events if isinstance(emit.event, LeadScored)]


def bytes_of(decision: Decision[Body]) -> list[bytes]:
    """What would be published."""
    return [encode(emit.topic, emit.event, emit.carried) for emit in decision.events]


def _record(topic: Topic[Any], event: Model) -> Record[Any]:
    raw = encode(topic, event)
    lead = str(LEAD).encode()
    return Record(topic, 0, 0, lead, raw, event, derived_id("test", topic.name, raw))
