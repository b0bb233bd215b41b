"""One batch decided in memory, item by item and in order. Pure: what it makes is written and published by others.

An item that raises changes nothing for its neighbours: it becomes a dead letter in the same batch.
"""

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import field
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID

from leadline_runtime import forwarding
from leadline_runtime.consumed import Consumed, Read
from leadline_runtime.core.values import dataclass
from leadline_runtime.database import InboxRow, OutboxRow, StateRow, Write
from leadline_runtime.dead_letters import Limit, dead_letter
from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, with_seen
from leadline_runtime.envelope import headers, trace_of
from leadline_runtime.frames import Outgoing, pack
from leadline_runtime.items import Item, Message, Record, Timer
from leadline_runtime.outcomes import DUPLICATE, Never, NotNow, Outcome, dropped
from leadline_runtime.rules import LoadedRules
from leadline_runtime.step import Step, View
from leadline_schemas.codec import encode
from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.ids import event_id, key_bytes, partition_of

BY_NUMBER = attrgetter("int")  # of ids: the same order as their own comparison, which is not in C
MAX_EVENT = 900_000  # bytes; Kafka's default limit for a batch is 1 MiB
DECIDED = "@"  # key in `seen` of the newest decided_at, in microseconds: for one lead it never goes back


@dataclass(frozen=True, slots=True)
class Frame:
    """What stays the same for all items of a batch."""

    step: Step[Any]
    rules: LoadedRules[Any]
    code: str
    partitions: int
    now: datetime
    horizon: datetime | None


@dataclass
class Batch:
    """The growing result of one batch."""

    frame: Frame
    states: dict[UUID, LeadState[Any]]
    view: View
    limit: Limit
    changed: set[UUID] = field(default_factory=set)
    positions: dict[int, dict[str, int]] = field(default_factory=dict)
    outgoing: dict[int, list[Outgoing]] = field(default_factory=dict)
    sent: list[InboxRow] = field(default_factory=list)
    taken: list[tuple[int, UUID]] = field(default_factory=list)
    counts: Counter[tuple[str, str, Outcome]] = field(default_factory=Counter)
    taken_up: Counter[str] = field(default_factory=Counter)  # counted apart from outcomes, so that they can be compared
    events: list[Emit[Any]] = field(default_factory=list)
    lanes: dict[UUID, int] = field(default_factory=dict)

    def record(self, read: Read, facts: Any = None) -> None:
        """Decide one record from Kafka."""
        source = read.source
        self.taken_up[source.topic] += 1
        self.positions.setdefault(source.partition, {})[source.topic] = source.offset + 1
        if read.record is None:
            outcome = read.outcome or dropped("unchanged")
            if outcome.kind == "rejected":
                self._bury(source, source.partition, outcome.reason, read.failure)
        else:
            outcome = self._item(read.record, source.partition, facts, source)
        self._count("record", source.topic, outcome)

    def message(self, lane: int, message: Message) -> None:
        """Decide one message from another lane; a forwarded record is decided as the record it is."""
        self.taken.append((lane, message.id))
        self.taken_up["message"] += 1
        self.positions.setdefault(lane, {})
        source = Consumed("message", lane, -1, key_bytes(message.lead_id), message.body, ())
        try:
            item: Item = forwarding.unsealed(message, self.frame.step.reads)
        except Exception as error:
            self._bury(source, lane, "undecodable", type(error).__name__)
            self._count("message", "message", Outcome("rejected", "undecodable"))
            return
        self._count("message", "message", self._item(item, lane, None, source))

    def timer(self, timer: Timer, facts: Any = None) -> None:
        """Decide one due timer, unless an earlier item of this batch moved it."""
        state = self.states.get(timer.lead_id)
        if state is None or _due(state, timer) != timer.due:
            return
        self.taken_up[timer.kind] += 1
        lane = self._lane(timer.lead_id)
        self.positions.setdefault(lane, {})
        source = Consumed(timer.kind, lane, -1, key_bytes(timer.lead_id), timer.due.isoformat().encode(), ())
        outcome = self._item(timer, lane, facts, source)
        after = self.states[timer.lead_id]
        if _due(after, timer) == timer.due:  # rejected, or decided without moving it: it must not fire for ever
            cleared = after.having(**{"timer_at" if timer.kind == "timer" else "judge_at": None})
            self._keep(timer.lead_id, cleared)
        self._count(timer.kind, timer.kind, outcome)

    def write(self, seqs: dict[int, OutboxRow]) -> Write:
        """All that this batch writes. `seqs` are the lanes' outbox rows before it."""
        step, bodies = self.frame.step, []
        for lead_id in sorted(self.changed, key=BY_NUMBER):
            state = self.states[lead_id]
            bodies.append(StateRow(lead_id, self._lane(lead_id), state, step.body.encode(state.body)))
        outbox: dict[int, OutboxRow] = {}
        for lane, positions in self.positions.items():
            old = seqs.get(lane)
            merged = {**(old.positions if old else {}), **positions}
            frame = pack(self.outgoing.get(lane, ()))
            outbox[lane] = OutboxRow((old.seq if old else 0) + 1, merged, frame, self.limit.in_a_row)
        return Write(bodies, self.sent, self.taken, outbox)

    def _item(self, item: Item, lane: int, facts: Any, source: Consumed) -> Outcome:
        try:
            return self._decide(item, lane, facts)
        except NotNow:
            raise
        except Never as error:
            self._bury(source, lane, error.failure_class, str(error))
            return self._rejected(item, error.failure_class)
        except Exception as error:  # its text may hold input: only its kind and place are told
            self._bury(source, lane, "unexpected", place_of(error))
            return self._rejected(item, "unexpected")

    def _rejected(self, item: Item, failure_class: str) -> Outcome:
        if self.frame.step.rejected is not None:
            self.view.apply(self.frame.step.rejected(item, failure_class))
        return Outcome("rejected", failure_class)

    def _decide(self, item: Item, lane: int, facts: Any) -> Outcome:
        lead_id = item.lead_id
        state = self.states.get(lead_id) if lead_id is not None else None
        if lead_id is not None:
            self.lanes.setdefault(lead_id, lane)
        revision: int | None = None
        if isinstance(item, Record) and item.topic.kind == "snapshot":
            revision = item.value.revision
            seen = state.seen.get(item.topic.name, 0) if state else 0
            if revision <= seen:
                return DUPLICATE if revision == seen else dropped("superseded")
        into = state.merged_into if state is not None else None
        if into is not None and revision is None and (message := forwarding.onward(item, into)) is not None:
            self._send(message)
            return dropped("forwarded")
        frame = self.frame
        decided_at = frame.now if state is None else _never_back(state, frame.now)
        grounds = Grounds(decided_at, frame.horizon, frame.rules.rules, frame.rules.ref, frame.code, item, facts)
        decision = frame.step.decide(item, state, self.view, grounds)
        self._take(item, lane, decision, grounds, revision)
        return decision.outcome

    def _take(self, item: Item, lane: int, decision: Decision[Any], grounds: Grounds, revision: int | None) -> None:
        # may raise: nothing is taken over before
        made = self._encode(item, lane, decision.events, grounds) if decision.events else []
        if decision.delta is not None:
            self.view.apply(decision.delta)
        stamp = _stamp(grounds.decided_at)
        lead_id = item.lead_id
        for touched, state in decision.states.items():
            seen = {**state.seen, DECIDED: stamp}
            if revision is not None and touched == lead_id and isinstance(item, Record):
                seen[item.topic.name] = revision
            self._keep(touched, with_seen(state, seen))
        if revision is not None and lead_id in self.states and lead_id not in decision.states:
            old = self.states[lead_id]
            assert isinstance(item, Record)
            self._keep(lead_id, with_seen(old, {**old.seen, item.topic.name: revision}))
        for message in decision.messages:
            self._send(message)
        self.outgoing.setdefault(lane, []).extend(made)
        self.events.extend(decision.events)

    def _encode(self, item: Item, lane: int, events: Sequence[Emit[Any]], grounds: Grounds) -> list[Outgoing]:
        ordinals: dict[str, int] = {}
        service, trace = self.frame.step.name, trace_of(item)
        made: list[Outgoing] = []
        key: UUID | None = None
        for emit in events:
            if emit.key is not key:  # as a rule it is one lead for all of them, and an id is hashed in Python
                key, place, text = emit.key, self._lane(emit.key), key_bytes(emit.key)
            name = emit.topic.name
            ordinal = ordinals.get(name, 0)
            ordinals[name] = ordinal + 1
            identity = emit.id or event_id(item.cause, name, ordinal)
            pairs = headers(service, emit.topic.event_type + emit.suffix, identity, grounds.decided_at, trace)
            value = encode(emit.topic, emit.event, emit.carried, emit.told)
            if len(value) > MAX_EVENT:
                raise Never("too_large", f"the event for {name} takes {len(value)} bytes of {MAX_EVENT}")
            made.append(Outgoing(name, place, text, value, pairs))
        return made

    def _keep(self, lead_id: UUID, state: LeadState[Any]) -> None:
        self.states[lead_id] = state
        self.changed.add(lead_id)

    def _send(self, message: Send) -> None:
        row = InboxRow(self._lane(message.lead_id), message.id, message.lead_id, forwarding.sealed(message))
        self.sent.append(row)

    def _lane(self, lead_id: UUID) -> int:
        lane = self.lanes.get(lead_id)
        if lane is None:
            lane = self.lanes[lead_id] = partition_of(key_bytes(lead_id), self.frame.partitions)
        return lane

    def _bury(self, source: Consumed, lane: int, failure_class: str, failure: str) -> None:
        frame = self.frame
        letter = DeadLetter(
            service=frame.step.name,
            step=frame.step.name,
            failure_class=failure_class,
            failure=failure,
            topic=source.topic,
            partition=source.partition,
            offset=source.offset,
            attempts=1,
            code=frame.code,
            rules_version=frame.rules.ref.version,
            rules_digest=frame.rules.ref.digest,
            rejected_at=frame.now.isoformat(),
        )
        self.outgoing.setdefault(lane, []).append(dead_letter(source, letter))

    def _count(self, kind: str, topic: str, outcome: Outcome) -> None:
        self.counts[kind, topic, outcome] += 1
        self.limit.count(outcome.kind == "rejected")


def _due(state: LeadState[Any], timer: Timer) -> datetime | None:
    return state.timer_at if timer.kind == "timer" else state.judge_at


@lru_cache(maxsize=64)  # most items of a batch are decided at one instant
def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _never_back(state: LeadState[Any], now: datetime) -> datetime:
    stamp = state.seen.get(DECIDED)
    if stamp is None or stamp < _stamp(now):
        return now
    return max(now, datetime.fromtimestamp(stamp / 1_000_000, UTC))


def place_of(error: BaseException) -> str:
    """Where and what an exception was, without its text: type, file and line of the innermost frames."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {places}"
