"""Leads as score tells them, made from the golden file or by a few words; and a desk that routes them in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Literal
from uuid import UUID

from leadline_route.core.roster import Counts, Load
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import READS, SCORED, Scored
from leadline_route.decide import decide
from leadline_route.locks import wanted
from leadline_route.outcomes import CommandOutcome
from leadline_route.rules import SPEC
from leadline_route.state import Body, BodyCodec
from leadline_route.view import RouteView
from leadline_runtime import forwarding
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.rules import load_rules
from leadline_schemas.activity import Activity, Actor, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode, encode
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Account, Effective, LeadEnriched
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.ids import derived_id, lead_id, request_id
from leadline_schemas.lead import Lead, Request
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Dimension, LeadScored, Review, Scorecard, Veto
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ROUTED, LEAD_SCORED, LEAD_SLA, LEAD_STAGE

REF = RulesRef(version="test", digest="0")
HANDS = {"demo_request", "pricing_inquiry", "contact_sales", "inbound_call", "trial_signup", "referral"}


@cache
def shipped() -> Rulebook:
    """The rules that ship."""
    return load_rules(SPEC).rules


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@dataclass(frozen=True)
class Wish:
    """A lead in a few words; everything has a default."""

    name: str = "lead"
    type: str = "demo_request"
    source: str = "website_form"
    start: datetime = datetime(2026, 3, 10, 15, tzinfo=UTC)
    country: str | None = "US"
    state: str | None = "NY"
    language: str | None = "en"
    employees: int | None = 100
    email: str | None = "someone@somewhere.example"
    phone: str | None = None
    consent: Sequence[ConsentRecord] = ()
    owner: str | None = None
    account: Account | None = None
    mql: bool | None = None
    total: str = "75.000"
    fit: str = "45.000"
    intent: str = "30.000"
    temperature: Literal["hot", "warm", "cold"] = "hot"
    fast_track: bool = False
    vetoes: Sequence[Veto] = ()
    cause: Literal["act", "fact", "decay", "rules_change", "merge", "review"] = "act"
    review: Literal["waiting", "dismissed", "released"] | None = None
    event_end: datetime | None = None
    received_at: datetime | None = None
    requests: Sequence[Request] | None = None
    historical: bool = False
    merged_into: Any = None
    aliases: Sequence[UUID] = ()
    quarantine: Any = None
    canary: bool | None = None

    @property
    def id(self) -> UUID:
        """The lead's id, a function of its name and time."""
        return lead_id(self.received_at or self.start, derived_id("submission", self.name))


def basis(moment: datetime) -> Basis:
    """Some other service's basis."""
    return Basis(decided_at=moment, rules=REF, code="test", cause=UUID(int=1), cause_kind="record")


def request_of(wish: Wish) -> Request:
    """The request that the wish expresses."""
    return Request(
        id=request_id(derived_id("submission", wish.name)), type=wish.type, start=wish.start,
        received_at=wish.received_at or wish.start, origin=wish.id, event_end=wish.event_end,
        historical=wish.historical,
    )  # fmt: skip


def scored(wish: Wish, revision: int = 1) -> LeadScored:
    """The event that score would write."""
    received = wish.received_at or wish.start
    lead = Lead(
        email=wish.email, phone=wish.phone, country=wish.country, state=wish.state, owner=wish.owner,
        type=wish.type, source=wish.source, consent=tuple(wish.consent),
    )  # fmt: skip
    requests = tuple(wish.requests) if wish.requests is not None else (request_of(wish),)
    captured = LeadCaptured(
        lead_id=wish.id, revision=revision, basis=basis(received), outcome="created", received_at=received,
        requests=requests, lead=lead, merged_into=wish.merged_into,
        aliases=tuple(wish.aliases), quarantine=wish.quarantine, canary=wish.canary,
    )  # fmt: skip
    enriched = LeadEnriched(
        lead_id=wish.id, revision=revision, basis=basis(received), facts={}, account=wish.account, complete=True,
        effective=Effective(
            country=wish.country, state=wish.state, language=wish.language, employees=wish.employees
        ),
        captured=captured,
    )  # fmt: skip
    return LeadScored(
        lead_id=wish.id, revision=revision, basis=basis(received), requests=requests, cause=wish.cause,
        scorecard=_card(wish, received), enriched=enriched,
        review=Review(state=wish.review, since=received, rules=REF, grade="B3", signal="IQL") if wish.review else None,
    )  # fmt: skip


def _card(wish: Wish, received: datetime) -> Scorecard:
    hand = wish.type in HANDS
    mql = wish.mql if wish.mql is not None else hand and not wish.vetoes
    reasons: tuple[Any, ...] = (("hand_raise",) if hand else ("score",)) if mql else ()

    def dimension(value: str) -> Dimension:
        return Dimension(value=value, known=value, positives=value, after_cap=value, penalties="0")

    return Scorecard(
        as_of=received, fit=dimension(wish.fit), intent=dimension(wish.intent), total=wish.total,
        unclipped_total=wish.total, display=int(float(wish.total)), grade="B1", temperature=wish.temperature,
        signal="MQL" if mql else "none", hand_raise=hand, mql=mql, mql_by_score="score" in reasons,
        mql_reasons=reasons, fast_track=wish.fast_track, sql_suggested=False, vetoes=tuple(wish.vetoes),
        explanation="test",
    )  # fmt: skip


def scored_record(wish: Wish, revision: int = 1) -> Record[Scored]:
    """The event as a record from Kafka."""
    raw = encode(LEAD_SCORED, scored(wish, revision))
    event_id = derived_id("scored", wish.id, revision, wish.name)
    return Record(SCORED, 0, revision, b"", raw, decode(SCORED, raw), event_id)


def act_record(lead: UUID, kind: str, moment: datetime, by: str = "ana", **more: Any) -> Record[LeadActivity]:
    """Something somebody did with the lead."""
    actor = more.pop("actor", Actor(kind="person", id=by))
    direction = more.pop("direction", "out" if actor.kind != "lead" else "in")
    act = Activity(
        id=derived_id("act", lead, kind, moment, by, more), origin=lead, kind=kind, occurred_at=moment,
        received_at=moment, actor=actor, direction=direction, **more,
    )  # fmt: skip
    event = LeadActivity(lead_id=lead, revision=1, basis=basis(moment), activity=act)
    return Record(LEAD_ACTIVITY, 0, 0, b"", encode(LEAD_ACTIVITY, event), event, act.id)


def stage_record(
    lead: UUID, stage: str, moment: datetime, *, by: str = "ana", reason: str | None = None, kind: str = "applied",
    way: str = "command",
) -> Record[LeadStage]:  # fmt: skip
    """The monitor says where the lead stands since `moment`; later words have higher revisions."""
    event = LeadStage.model_validate({
        "lead_id": lead, "revision": int(moment.timestamp() * 1_000_000), "basis": basis(moment), "kind": kind,
        "stage": stage,
        "stage_id": derived_id("stage", lead, stage, moment), "since": moment, "status": "new", "stage_way": way,
        "stage_reason": reason, "to": stage, "way": way, "occurred_at": moment, "detected_at": moment, "author": by,
    })  # fmt: skip
    return Record(LEAD_STAGE, 0, 0, b"", encode(LEAD_STAGE, event), event, event.stage_id)


def lapse_record(lead: UUID, assignment: int, owner: str, moment: datetime) -> Record[LeadSla]:
    """The monitor says that the owner's clock ran out."""
    event = LeadSla(
        lead_id=lead, revision=1, basis=basis(moment), sla_id=derived_id("lapse", lead, assignment), kind="lapsed",
        clock="owner", target="owner_response", cycle=lead, assignment=assignment, owner=owner, mode="working",
        duration_s=900, start=moment - timedelta(minutes=15), due_at=moment, occurred_at=moment, detected_at=moment,
    )  # fmt: skip
    return Record(LEAD_SLA, 0, 0, b"", encode(LEAD_SLA, event), event, event.sla_id)


def step_record(
    lead: UUID, assignment: int, then: str | None, moment: datetime, *, level: int = 300
) -> Record[LeadSla]:  # fmt: skip
    """The monitor says that a broken promise has reached a step of its ladder, and what it asks for."""
    event = lapse_record(lead, assignment, "", moment).value.model_copy(
        update={
            "sla_id": derived_id("step", lead, level), "kind": "escalated", "clock": "customer", "owner": None,
            "assignment": None, "for_assignment": assignment, "target": "first_touch", "level": level, "then": then,
        }
    )  # fmt: skip
    return Record(LEAD_SLA, 0, 0, b"", encode(LEAD_SLA, event), event, event.sla_id)


class Unforeseen(AssertionError):
    """A decision asked for a row that had not been locked."""


@dataclass
class Desk:
    """Routes items one after the other, as the loop does: same locks, same deltas, states through the codec."""

    book: Rulebook = field(default_factory=shipped)
    now: datetime = datetime(2026, 3, 10, 15, tzinfo=UTC)
    members: dict[str, Load] = field(default_factory=dict)
    pools: dict[str, Counts] = field(default_factory=dict)
    states: dict[UUID, LeadState[Body]] = field(default_factory=dict)
    events: list[LeadRouted] = field(default_factory=list)
    outcomes: list[CommandOutcome] = field(default_factory=list)
    codec: BodyCodec = field(default_factory=BodyCodec)

    def owe(self, pool: str, **balances: str) -> None:
        """Set balances."""
        for member, text in balances.items():
            load = self.members.get(member, Load())
            self.members[member] = replace(load, owed={**load.owed, pool: Fraction(text)})

    def owed(self, pool: str) -> dict[str, str]:
        """The balances of a pool as text."""
        return {m: str(self.members.get(m, Load()).balance(pool)) for m in self.book.team.pools[pool].weights}

    def batch(self, *items: Item) -> list[Decision[Body]]:
        """Decide a batch. Messages are as they stand in the inbox."""
        view = RouteView(Unforeseen)
        members, pools = wanted(items, self.states, self.book, view)
        view.members = {each: self.members.get(each, Load()) for each in members}
        view.pools = {each: self.pools.get(each, Counts()) for each in pools}
        found = [self._decide(item, view) for item in items]
        loads, counts = view.changed_rows()
        self.members.update(loads)
        self.pools.update(counts)
        self.outcomes += view.outcomes
        return found

    def _decide(self, item: Item, view: RouteView) -> Decision[Body]:
        if isinstance(item, Message):
            item = forwarding.unsealed(item, READS)
        assert item.lead_id is not None
        grounds = Grounds(self.now, None, self.book, REF, "test", item)
        decision = decide(item, self.states.get(item.lead_id), view, grounds)
        for lead, state in decision.states.items():
            assert state.timer_at is None or state.timer_at > self.now
            body = self.codec.decode(self.codec.encode(state.body))
            assert body == state.body
            self.states[lead] = state.having(body=body)
        if decision.delta is not None:
            view.apply(decision.delta)
        for emit in decision.events:
            value = encode(emit.topic, emit.event, emit.carried)
            self.events.append(decode(LEAD_ROUTED, value))
        return decision

    def one(self, item: Item, now: datetime | None = None) -> Decision[Body]:
        """Decide one item, at another time if given."""
        self.now = now or self.now
        return self.batch(item)[0]

    def routed(self, item: Item, now: datetime | None = None) -> LeadRouted:
        """Decide one item that must be told."""
        decision = self.one(item, now)
        assert decision.outcome.kind == "emitted", decision.outcome
        return self.events[-1]

    def timer(self, lead: UUID) -> Timer:
        """The alarm of a held lead, which rings when it should."""
        state = self.states[lead]
        assert state.timer_at is not None
        self.now = max(self.now, state.timer_at)
        return Timer(lead, "timer", state.timer_at, state.revision)


def candidates(event: LeadRouted) -> dict[str, str]:
    """Why each candidate was chosen or not."""
    return {each.id: each.why for each in event.candidates}


def texts(balances: Mapping[str, str]) -> dict[str, str]:
    """Balances as plain text."""
    return {member: str(Fraction(owed)) for member, owed in balances.items()}
