"""Two leads that become one and are taken apart again, for the SLA monitor: decided by the runtime's own batch, with
the messages that their lanes send each other. When these arrive is the story's to say.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from leadline_runtime.consumed import Consumed, Read
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Emit, LeadState
from leadline_runtime.items import Message, Record, Timer
from leadline_runtime.rules import LoadedRules
from leadline_runtime.step import NoView
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.ids import key_bytes
from leadline_schemas.lead import MergedInto, Request
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_CAPTURED, LEAD_ROUTED, Topic
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.policy import SlaRules
from tests.support.sla_story import LEAD, NAMES, basis, captured, named, routed, shipped_rules

ROOT, PART = LEAD, named("part")
Event = LeadCaptured | LeadRouted | LeadActivity


@dataclass
class Two:
    """The part becomes part of the root. `waiting`: messages that have not arrived yet."""

    now: datetime
    states: dict[UUID, LeadState[Known]] = field(default_factory=dict)
    emitted: list[Emit[Any]] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)
    offset: int = 0
    rules: LoadedRules[SlaRules] = field(default_factory=shipped_rules)

    def reads(self, *events: Event) -> None:
        """One after the other, now."""
        topics: dict[type, Topic[Any]] = {LeadCaptured: LEAD_CAPTURED, LeadRouted: LEAD_ROUTED}
        for event in events:
            topic, self.offset = topics.get(type(event), LEAD_ACTIVITY), self.offset + 1
            value, key = encode(topic, event), key_bytes(event.lead_id)
            cause = uuid5(NAMES, f"{topic.name} {event.lead_id} {event.revision} {self.offset}")
            record = Record(topic, 0, self.offset, key, value, event, cause)
            batch = self._batch()
            batch.record(Read(Consumed(topic.name, 0, self.offset, key, value, ()), record))
            self._taken(batch)

    def arrives(self) -> None:
        """Every message, and what follows from it."""
        while self.waiting:
            self.arrives_one(0)

    def arrives_one(self, which: int) -> None:
        """One of the messages that are on their way."""
        batch, message = self._batch(), self.waiting.pop(which)
        batch.message(0, message)
        self._taken(batch)

    def until(self, at: datetime) -> None:
        """Time passes: what is due until then is decided in its time, of either lead."""
        while alarms := [(due, lead) for lead in self.states if (due := self._due(lead)) is not None and due <= at]:
            due, lead = min(alarms)
            self.now = max(self.now, due)
            state, batch = self.states[lead], self._batch()
            kind = "timer" if state.timer_at == due else "judgement"
            batch.timer(Timer(lead, kind, due, state.revision))  # type: ignore[arg-type]
            self._taken(batch)
        self.now = max(self.now, at)

    def merges(self, at: datetime, *requests: Request, revision: int = 2) -> None:
        """Both snapshots are read, and what the part held arrives. `requests`: of both."""
        self.until(at)
        self.reads(tombstone(at, revision), root(at, *requests, revision=revision, aliases=(PART,)))
        self.arrives()

    def parts(self, at: datetime, *requests: Request, revision: int = 3) -> None:
        """They are two again, and what is the part's arrives there. `requests`: of the part."""
        self.until(at)
        self.reads(root(at, revision=revision, parted_at=at), part(at, *requests, revision=revision, parted_at=at))
        self.arrives()

    def promises(self, lead: UUID, *kinds: str, clock: str = "customer") -> list[LeadSla]:
        """What was told of its promises."""
        told = [each.event for each in self.emitted if isinstance(each.event, LeadSla)]
        return [e for e in told if e.lead_id == lead and e.clock == clock and (not kinds or e.kind in kinds)]

    def stages(self, lead: UUID) -> list[LeadStage]:
        """What was told of its stages."""
        told = [each.event for each in self.emitted if isinstance(each.event, LeadStage)]
        return [e for e in told if e.lead_id == lead]

    def ids(self) -> list[UUID]:
        """The ids of all that was told."""
        return [each.id for each in self.emitted if each.id is not None]

    def _due(self, lead: UUID) -> datetime | None:
        state = self.states[lead]
        return min((at for at in (state.timer_at, state.judge_at) if at is not None), default=None)

    def _batch(self) -> Batch:
        frame = Frame(STEP, self.rules, "test", 4, self.now, self.now)
        return Batch(frame, dict(self.states), NoView(), Limit())

    def _taken(self, batch: Batch) -> None:
        for lead, state in batch.states.items():
            self.states[lead] = replace(state, body=STEP.body.decode(STEP.body.encode(state.body)))
        outcomes = [outcome for _, _, outcome in batch.counts]
        assert not [each for each in outcomes if each.kind == "rejected"], outcomes
        self.emitted += batch.events
        self.waiting += [Message(row.id, row.lead_id, row.body) for row in batch.sent]


def of(lead: UUID, event: Any) -> Any:
    """The event, as one of this lead."""
    return event.model_copy(update={"lead_id": lead})


def root(at: datetime, *requests: Request, revision: int = 1, **more: Any) -> LeadCaptured:
    return captured(at, *requests, revision=revision, **more)


def part(at: datetime, *requests: Request, revision: int = 1, **more: Any) -> LeadCaptured:
    found: LeadCaptured = of(PART, captured(at, *requests, revision=revision, **more))
    return found


def tombstone(at: datetime, revision: int = 2) -> LeadCaptured:
    """The part is part of the root, whose snapshot of this revision lists it."""
    return part(at, revision=revision, outcome="tombstone", merged_into=MergedInto(lead_id=ROOT, revision=revision))


def routed_part(at: datetime, *requests: Request, **more: Any) -> LeadRouted:
    found: LeadRouted = of(PART, routed(at, *requests, **more))
    return found


def did(lead: UUID, activity: Activity, snapshot: int = 1) -> LeadActivity:
    """An act as it is told of a lead."""
    told = basis(activity.received_at)
    return LeadActivity(lead_id=lead, revision=1, basis=told, activity=activity, snapshot=snapshot)


MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
