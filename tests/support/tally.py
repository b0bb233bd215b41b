"""A small step for tests of the loop itself: it counts what it is told about a lead, each thing once.

A `Ping` is a fact with an id; the step answers with a `Tally`, a snapshot of all ids seen. What a ping says steers it:
"poison" raises, "never" is refused, "later" is not now (once), "timer" sets an alarm that adds a tally when it is due,
"part of ID" makes the lead a part of another: what it counted goes there as a message, and what comes later, too.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from leadline_runtime.decision import Decision, Emit, Grounds, LeadState, Send, duplicate, emitted
from leadline_runtime.items import Item, Message, Passage, Record, Timer
from leadline_runtime.outcomes import Never, NotNow, dropped
from leadline_runtime.rules import RulesSpec
from leadline_runtime.step import Step
from leadline_schemas.codec import encode
from leadline_schemas.event import Basis, Event, Model
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto
from leadline_schemas.topics import Topic


class Ping(Model):
    """A fact about a lead."""

    lead_id: UUID
    id: UUID
    says: str = "count me"


class Tally(Event):
    """A snapshot: every ping seen, and how often the alarm rang."""

    seen: tuple[UUID, ...]
    rang: int = 0


@dataclass(frozen=True)
class Counted:
    """The step's own state of a lead."""

    seen: tuple[UUID, ...] = ()
    rang: int = 0


class CountedCodec:
    """Counted as JSON."""

    def encode(self, body: Counted) -> bytes:
        return json.dumps([[str(i) for i in body.seen], body.rang]).encode()

    def decode(self, data: bytes) -> Counted:
        seen, rang = json.loads(data)
        return Counted(tuple(UUID(i) for i in seen), rang)


def _with(seen: tuple[UUID, ...], *more: UUID) -> tuple[UUID, ...]:
    return tuple(sorted({*seen, *more}))


class TallyStep:
    """The step and its two topics, named so that many tests share one Kafka and one PostgreSQL."""

    def __init__(self, prefix: str, alarm: timedelta = timedelta(seconds=30)) -> None:
        self.pings: Topic[Ping] = Topic(f"{prefix}.ping", Ping, "fact", "tests", (prefix,))
        self.tallies: Topic[Tally] = Topic(f"{prefix}.tally", Tally, "snapshot", prefix, ("tests",))
        self.alarm = alarm
        self.not_now = 0
        rules = RulesSpec("tests.support", ("tally.yaml",), lambda contents: contents["tally.yaml"])
        self.step: Step[Counted] = Step(
            prefix, (self.pings,), (self.tallies,), self.decide, CountedCodec(), rules, judges=False
        )

    def decide(self, item: Item, state: LeadState[Counted] | None, view: Any, grounds: Grounds) -> Decision[Counted]:
        """Count a ping once; ring when the alarm is due."""
        old = state or LeadState(Counted())
        lead_id = item.lead_id
        assert lead_id is not None
        if isinstance(item, Timer):
            body = Counted(old.body.seen, old.body.rang + 1)
            return self._tell(lead_id, old.having(body=body, timer_at=None), grounds)
        if isinstance(item, Message):
            came = (UUID(each) for each in json.loads(item.body))
            return self._tell(lead_id, old.having(body=Counted(_with(old.body.seen, *came), old.body.rang)), grounds)
        assert isinstance(item, Record)
        ping: Ping = item.value
        if ping.says.startswith("part of "):
            return self._part_of(UUID(ping.says[8:]), item, old)
        self._obey(ping.says)
        if ping.id in old.body.seen:
            return duplicate()
        body = Counted(_with(old.body.seen, ping.id), old.body.rang)
        timer_at = grounds.decided_at + self.alarm if ping.says == "timer" else old.timer_at
        return self._tell(lead_id, old.having(body=body, timer_at=timer_at), grounds)

    def _part_of(self, root: UUID, item: Record[Ping], old: LeadState[Counted]) -> Decision[Counted]:
        assert item.lead_id is not None
        body = json.dumps([str(each) for each in (*old.body.seen, item.value.id)]).encode()
        message = Send(derived_id("moved", item.cause, root), root, body, Passage(1))
        gone = old.having(body=Counted(), merged_into=MergedInto(lead_id=root, revision=1), timer_at=None)
        return Decision(dropped("kept"), (), {item.lead_id: gone}, (message,))

    def _obey(self, says: str) -> None:
        if says == "poison":
            raise ValueError("a fault in the step")
        if says == "never":
            raise Never("said_never")
        if says == "later" and self.not_now < 2:
            self.not_now += 1
            raise NotNow("said later")

    def _tell(self, lead_id: UUID, state: LeadState[Counted], grounds: Grounds) -> Decision[Counted]:
        after = state.having(revision=state.revision + 1)
        basis: Basis = grounds.basis(revision_before=state.revision)
        event = Tally(lead_id=lead_id, revision=after.revision, basis=basis, seen=after.body.seen, rang=after.body.rang)
        return emitted(Emit(self.tallies, event, key=lead_id), states={lead_id: after})

    def ping(self, lead_id: UUID, says: str = "count me", ping_id: UUID | None = None) -> tuple[bytes, bytes]:
        """Key and value of a ping."""
        made = Ping(lead_id=lead_id, id=ping_id or uuid4(), says=says)
        return str(lead_id).encode(), encode(self.pings, made)
