"""One lead's story for the SLA monitor: what it reads, when, and what it tells; decided by the runtime's own batch.

Time is set by the story. `until` lets it pass: timers ring by the clock, judgements by the horizon, each in its time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from leadline_runtime.consumed import Consumed, Read
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Emit, LeadState
from leadline_runtime.items import Record, Timer
from leadline_runtime.outcomes import Outcome
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.step import NoView
from leadline_schemas.activity import Activity, Actor, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.ids import key_bytes
from leadline_schemas.lead import Lead, MergedInto, PersonRef, Quarantine, Request
from leadline_schemas.routed import AllowedChannel, LeadRouted
from leadline_schemas.scored import Dimension, LeadScored, Scorecard
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_ROUTED, Topic
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.core.rung import Rung

LEAD = UUID("01900000-0000-8000-8000-000000000001")
NAMES = UUID("6f1a5a0e-53c1-5d0c-9a53-000000000001")
REACHABLE = Lead(email="sam@shop.example", phone="+12125550142", referrer=PersonRef(email="t@partner.example"))
NOTHING = Dimension(value="0", known="0", positives="0", after_cap="0", penalties="0")


def named(name: str) -> UUID:
    """The id of what a story calls `name`."""
    return uuid5(NAMES, name)


@cache
def shipped_rules() -> LoadedRules[SlaRules]:
    """The rules that ship."""
    return load_rules(STEP.rules)


def laddered_rules(ladder: tuple[Rung, ...], source: LoadedRules[SlaRules] | None = None) -> LoadedRules[SlaRules]:
    """Those rules with another ladder for every target."""
    loaded = source or shipped_rules()
    policies = tuple(
        replace(policy, targets=tuple(replace(target, ladder=ladder) for target in policy.targets))
        for policy in loaded.rules.policies
    )
    return replace(loaded, rules=replace(loaded.rules, policies=policies))


def basis(at: datetime) -> Basis:
    """A recorded basis of an instant."""
    ref = RulesRef(version="1", digest="0")
    return Basis(decided_at=at, rules=ref, code="test", cause=NAMES, cause_kind="record")


def request(name: str, type_: str, start: datetime, **more: Any) -> Request:
    """A request; received when it happened unless said otherwise."""
    found: dict[str, Any] = {"received_at": start, "origin": LEAD, **more}
    return Request.model_validate({"id": named(name), "type": type_, "start": start, **found})


def act(name: str, kind: str, at: datetime, by: str | None = None, **more: Any) -> Activity:
    """An activity: of a member if `by` names one, of a machine if it is `automation`, else of the lead."""
    actor = Actor(kind="lead") if by is None else Actor(kind="person", id=by)
    if by == "automation":
        actor = Actor(kind="automation")
    found: dict[str, Any] = {"received_at": at, "automated": by == "automation", "origin": LEAD, **more}
    return Activity.model_validate({"id": named(name), "kind": kind, "occurred_at": at, "actor": actor, **found})


def captured(at: datetime, *requests: Request, revision: int = 1, lead: Lead = REACHABLE, **more: Any) -> LeadCaptured:
    """A captured lead as of `at`."""
    values: dict[str, Any] = {"outcome": "created", "received_at": at, **more}
    return LeadCaptured.model_validate(
        {"lead_id": LEAD, "revision": revision, "basis": basis(at), "requests": requests, "lead": lead, **values}
    )


def quarantine(since: datetime) -> Quarantine:
    """Kept apart since an instant."""
    return Quarantine(reason="spam", since=since)


def merged(revision: int = 2) -> MergedInto:
    """Became part of another lead."""
    return MergedInto(lead_id=named("another lead"), revision=revision)


def routed(at: datetime, *requests: Request, revision: int = 1, lead: Lead = REACHABLE, **more: Any) -> LeadRouted:
    """A routed lead as of `at`: to ana in us_east, hot, unless said otherwise (`temperature`, `grade`; `captured`: by
    which revision)."""
    card = Scorecard(
        as_of=at, fit=NOTHING, intent=NOTHING, total="0", unclipped_total="0", display=0,
        grade=more.pop("grade", "D1"), temperature=more.pop("temperature", "hot"), signal="none", hand_raise=True,
        mql=True, mql_by_score=False, fast_track=False, sql_suggested=False, explanation="",
    )  # fmt: skip
    first = captured(at, *requests, lead=lead, revision=more.pop("captured", 1))
    enriched = LeadEnriched(
        lead_id=LEAD, revision=1, basis=basis(at), facts={}, effective=Effective(), complete=True, captured=first
    )
    scored = LeadScored(lead_id=LEAD, revision=1, basis=basis(at), scorecard=card, enriched=enriched)
    outcome = more.get("outcome", "person")
    values: dict[str, Any] = {
        "assignment": 1 if outcome == "person" else 0, "assigned_at": at if outcome == "person" else None,
        "owner": "ana" if outcome == "person" else None, "manager": "mia", "territory": "us_east", "rule": "r6",
        "cause": "scored", "outcome": outcome, "requests": requests, **more,
    }  # fmt: skip
    return LeadRouted.model_validate(
        {"lead_id": LEAD, "revision": revision, "basis": basis(at), "scored": scored, **values}
    )


def channels(**allowed: bool) -> tuple[AllowedChannel, ...]:
    """`respond_phone=False` and the like."""
    return tuple(
        AllowedChannel.model_validate({"purpose": p, "channel": c, "allowed": yes, "why": "said"})
        for (p, c), yes in ((name.split("_"), yes) for name, yes in allowed.items())
    )


@dataclass
class Story:
    """A lead's way through the monitor. `horizon_at` holds the horizon fast; else it is where the clock is.

    `history`: when each item was decided, the lead's state after it, and what was told. Clocks of stages are apart from
    those of promises to people (`told`): `stage_clocks`, and what became of the stages: `stages`.
    """

    now: datetime
    horizon_at: datetime | None = None
    horizon_known: bool = True
    states: dict[UUID, LeadState[Known]] = field(default_factory=dict)
    told: list[LeadSla] = field(default_factory=list)
    emitted: list[Emit[Any]] = field(default_factory=list)
    stage_clocks: list[LeadSla] = field(default_factory=list)
    stages: list[LeadStage] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    history: list[tuple[datetime, LeadState[Known], list[LeadSla]]] = field(default_factory=list)
    offset: int = 0
    rules: LoadedRules[SlaRules] | None = None  # None: those that ship

    @property
    def horizon(self) -> datetime | None:
        """Up to when everything is read."""
        if not self.horizon_known:
            return None
        return self.now if self.horizon_at is None else min(self.horizon_at, self.now)

    @property
    def state(self) -> LeadState[Known]:
        """The lead's state."""
        return self.states[LEAD]

    def reads(self, event: LeadCaptured | LeadRouted | LeadActivity | Activity, at: datetime | None = None) -> Outcome:
        """The monitor reads an event, now or at `at`: before what is due at that very instant is decided."""
        if at is not None:
            self.until(at - timedelta.resolution)
            self.now = max(self.now, at)
        if isinstance(event, Activity):
            when = event.received_at
            event = LeadActivity(lead_id=LEAD, revision=self.offset + 1, basis=basis(when), activity=event)
        topics: dict[type, Topic[Any]] = {LeadCaptured: LEAD_CAPTURED, LeadRouted: LEAD_ROUTED}
        topic = topics.get(type(event), LEAD_ACTIVITY)
        self.offset += 1
        value = encode(topic, event)
        cause = uuid5(NAMES, f"{topic.name} {event.revision}")
        key = key_bytes(event.lead_id)
        record = Record(topic, 0, self.offset, key, value, event, cause)
        batch = self._batch()
        batch.record(Read(Consumed(topic.name, 0, self.offset, key, value, ()), record))
        return self._taken(batch)

    def until(self, at: datetime) -> None:
        """Let time pass: everything due until then is decided at its own instant."""
        while (alarm := self._next_alarm(at)) is not None:
            due, kind = alarm
            self.now = max(self.now, due)
            batch = self._batch()
            batch.timer(Timer(LEAD, "timer" if kind == "timer" else "judgement", due, self.state.revision))
            self._taken(batch)
        self.now = max(self.now, at)

    def of(self, target: str, *kinds: str) -> list[LeadSla]:
        """What was told of a target, in order; of these kinds, if any are named."""
        return [e for e in self.told if e.target == target and (not kinds or e.kind in kinds)]

    def life(self, target: str, cycle: int = 1) -> list[str]:
        """The kinds of what was told of a target in a cycle."""
        return [e.kind for e in self.told if e.target == target and e.cycle_number == cycle]

    def verdicts(self) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """The last verdict on each promise: what became of it, when, by which act. A cancelled one has none."""
        found: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for e in self.told:
            key = (e.clock, e.cycle if e.clock != "owner" else None, e.target, e.assignment)
            if e.kind in {"met", "breached", "lapsed", "resolved_late", "breach_retracted"}:
                found[key] = (e.kind, e.occurred_at, e.due_at, e.response.activity if e.response else None)
            elif e.kind in {"armed", "cancelled"}:
                found.pop(key, None)
        return found

    def _next_alarm(self, at: datetime) -> tuple[datetime, str] | None:
        if LEAD not in self.states:
            return None
        limit = at if self.horizon_at is None else min(self.horizon_at, at)
        alarms = []
        if self.state.timer_at is not None and self.state.timer_at <= at:
            alarms.append((self.state.timer_at, "timer"))
        if self.horizon_known and self.state.judge_at is not None and self.state.judge_at <= limit:
            alarms.append((self.state.judge_at, "judgement"))
        return min(alarms, default=None)

    def _batch(self) -> Batch:
        frame = Frame(STEP, self.rules or shipped_rules(), "test", 4, self.now, self.horizon)
        return Batch(frame, dict(self.states), NoView(), Limit())

    def _taken(self, batch: Batch) -> Outcome:
        letters = [out.value for out in batch.outgoing.get(0, ()) if out.topic.startswith("dlq.")]
        assert not letters, letters
        for lead, state in batch.states.items():
            body = STEP.body.decode(STEP.body.encode(state.body))
            assert body == state.body, "what is stored is what was decided"
            self.states[lead] = replace(state, body=body)
        self._keeps_the_contract(batch)
        self.emitted += batch.events
        told = [e.event for e in batch.events if isinstance(e.event, LeadSla) and e.event.clock != "stage"]
        self.stage_clocks += [
            e.event for e in batch.events if isinstance(e.event, LeadSla) and e.event.clock == "stage"
        ]
        self.stages += [e.event for e in batch.events if isinstance(e.event, LeadStage)]
        self.told += told
        if LEAD in self.states:
            clocks = [e.event for e in batch.events if isinstance(e.event, LeadSla)]
            self.history.append((self.now, self.state, clocks))
        outcomes: Sequence[Outcome] = [outcome for _, _, outcome in batch.counts]
        assert not [o for o in outcomes if o.kind == "rejected"], outcomes
        self.outcomes += outcomes
        return outcomes[-1]

    def _keeps_the_contract(self, batch: Batch) -> None:
        if LEAD in batch.changed:
            state, horizon = self.state, self.horizon
            assert state.timer_at is None or state.timer_at > self.now
            assert state.judge_at is None or horizon is None or state.judge_at > horizon


def story_of(events: Iterable[LeadCaptured | LeadRouted | Activity], at: datetime, end: datetime) -> Story:
    """Everything is read at one instant in this order, then time passes until the end."""
    story = Story(at)
    for event in events:
        story.reads(event)
    story.until(end)
    return story


SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
