"""Capture in memory, told as a story: submissions go in, one batch after the other, and leads come out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from leadline_capture.app import STEP
from leadline_capture.core.known_lead import KnownLead
from leadline_capture.rules import CaptureRules
from leadline_capture.testing import MemoryCaptureStore
from leadline_runtime.consumed import Consumed, Read, read
from leadline_runtime.database import OutboxRow, Write
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Item
from leadline_runtime.outcomes import Outcome
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_schemas.activity import Activity, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode_model
from leadline_schemas.ids import submission_id_of_key
from leadline_schemas.lead import Lead
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED

NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@cache
def rules() -> LoadedRules[CaptureRules]:
    """The rules that ship."""
    return load_rules(STEP.rules)


class Leads:
    """The states of leads, as a transaction gives them: through bytes, so that what does not survive them is seen."""

    def __init__(self) -> None:
        self.rows: dict[UUID, tuple[bytes, LeadState[Any]]] = {}
        self.locked: set[UUID] = set()  # in this transaction

    async def states(
        self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True
    ) -> Mapping[UUID, LeadState[Any]]:
        """See Transaction.states."""
        self.locked |= set(lead_ids) if lock else set()
        found = {each: self.rows[each] for each in lead_ids if each in self.rows}
        return {each: state.having(body=STEP.body.decode(body)) for each, (body, state) in found.items()}

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """No statement is known here."""
        raise AssertionError(sql)

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """No statement is known here."""
        raise AssertionError(sql)


@dataclass
class Told:
    """What became of one submission."""

    outcome: Outcome
    failure: str
    events: list[Any] = field(default_factory=list)
    suffixes: list[str] = field(default_factory=list)

    @property
    def captured(self) -> LeadCaptured:
        """The one snapshot it made."""
        (event,) = [each for each in self.events if isinstance(each, LeadCaptured)]
        return event

    @property
    def lead(self) -> Lead:
        """The lead as it then was."""
        return self.captured.lead

    @property
    def acts(self) -> list[Activity]:
        """What it told on lead.activity."""
        return [each.activity for each in self.events if isinstance(each, LeadActivity)]

    @property
    def told(self) -> str:
        """Its outcome in a word or two."""
        return f"{self.outcome.kind} {self.outcome.reason}".strip()


class Capture:
    """A running capture step without Kafka and PostgreSQL."""

    def __init__(self) -> None:
        self.store, self.leads, self.now = MemoryCaptureStore(), Leads(), NOW
        self.offset, self.lane = 0, 0
        self.order: list[UUID] = []

    def at(self, now: datetime) -> "Capture":
        """The time goes on."""
        self.now = now
        return self

    def lead(self, payload: Mapping[str, Any] | str, **said: Any) -> Told:
        """One lead submission, alone in its batch."""
        (told,) = self.batch(self.received(payload, **said))
        return told

    def act(self, payload: Mapping[str, Any] | str, **said: Any) -> Told:
        """One activity, alone in its batch."""
        (told,) = self.batch(self.received(payload, way="activities", **said))
        return told

    def track(self, message: Mapping[str, Any], **said: Any) -> Told:
        """One message of the tracking API, alone in its batch; by a trusted key, if not said otherwise."""
        (told,) = self.batch(self.tracked(message, **said))
        return told

    def tracked(self, message: Mapping[str, Any], **said: Any) -> Consumed:
        """A message of the tracking API as the edge writes it."""
        return self.received(message, **{"way": "tracking", "source": "tracking", "trusted": True, **said})

    def command(self, kind: str, lead: UUID, duplicate: UUID | None = None, **said: Any) -> Told:
        """One command of a person, alone in its batch."""
        payload = {"kind": f"lead.{kind}", "lead_id": str(lead), "author": "mara", "reason": "the same person"}
        if duplicate is not None:
            payload["duplicate_id"] = str(duplicate)
        (told,) = self.batch(self.received(payload, way="commands", **said))
        return told

    def whole(self, lead: UUID) -> KnownLead:
        """All that is known of a lead, through its bytes."""
        return STEP.body.decode(self.leads.rows[lead][0])

    def received(
        self,
        payload: Mapping[str, Any] | str,
        *,
        way: str = "leads",
        source: str = "website_form",
        trusted: bool = False,
        id: str | None = None,
        **more: Any,
    ) -> Consumed:
        """A record of lead.received as the edge writes it. `id`: the sender's own; without one each is new."""
        self.offset += 1
        body = payload if isinstance(payload, str) else json.dumps(payload)
        submission = submission_id_of_key("site", id or f"number {self.offset}")
        value = LeadReceived.model_validate(
            {
                "submission_id": submission,
                "way": way,
                "source": source,
                "received_at": self.now,
                "authentication": Authentication(method="api_key", key_id="site", trusted=trusted),
                "content_type": "application/json",
                "body": body,
                "body_sha256": sha256(body.encode()).hexdigest(),
            }
            | more
        )
        headers = (("ce_type", b"leadline.lead.received"), ("ce_id", str(submission).encode()))
        return Consumed(
            LEAD_RECEIVED.name, self.lane, self.offset, str(submission).encode(), encode_model(value), headers
        )

    def batch(self, *records: Consumed) -> list[Told]:
        """Several records decided in one transaction, as the runtime does it."""
        return finished(self.transact(records))  # type: ignore[no-any-return]

    async def transact(self, records: Sequence[Consumed]) -> list[Told]:
        """Read, decide, write."""
        deciding = Deciding(records, self.now)
        states: dict[UUID, LeadState[KnownLead]] = {}
        self.leads.locked.clear()
        view = await self.store.read(self.leads, deciding.items, states, deciding.grounds)
        told = deciding.decided(states, view, self.order)
        for row in deciding.written({}).states:
            known = row.lead_id in self.leads.rows
            assert not known or row.lead_id in self.leads.locked, "capture decides only on leads it has locked"
            self.leads.rows[row.lead_id] = (row.body, row.state)
        await self.store.write(self.leads, view)
        return told

    def number(self, lead_id: UUID) -> str:
        """L1, L2, … in order of creation."""
        return f"L{self.order.index(lead_id) + 1}"

    def holder(self, key: str) -> str | None:
        """Who holds a key."""
        row = self.store.reservations.get(key)
        return self.number(row.holder) if row and row.holder in self.order else None

    def body(self, lead: str) -> KnownLead:
        """What is known of L1, L2, …"""
        body, _ = self.leads.rows[self.order[int(lead[1:]) - 1]]
        return STEP.body.decode(body)


class Deciding:
    """One batch of the runtime, whose decisions can be looked at."""

    def __init__(self, records: Sequence[Consumed], now: datetime) -> None:
        loaded = rules()
        self.decisions: list[Decision[Any]] = []
        self.reads = [read(STEP, {LEAD_RECEIVED.name: LEAD_RECEIVED}, each) for each in records]
        self.items: list[Item] = [each.record for each in self.reads if each.record is not None]
        self.grounds = Grounds(now, None, loaded.rules, loaded.ref, "test", self.items[0])
        self.frame = Frame(replace(STEP, decide=self._recorded), loaded, "test", 24, now, None)

    def _recorded(self, item: Item, state: Any, view: Any, grounds: Grounds) -> Decision[Any]:
        decision = STEP.decide(item, state, view, grounds)
        self.decisions.append(decision)
        return decision

    def decided(self, states: dict[UUID, LeadState[KnownLead]], view: Any, order: list[UUID]) -> list[Told]:
        """Decide all in their order; new leads are added to `order`."""
        self.batch = Batch(self.frame, states, view, Limit())
        told = [self._decided(each) for each in self.reads]
        for event in (event for one in told for event in one.events):
            if event.lead_id not in order:
                order.append(event.lead_id)
        return told

    def _decided(self, each: Read) -> Told:
        lane = each.source.partition
        buried, made = len(self.batch.outgoing.get(lane, ())), len(self.decisions)
        before = dict(self.batch.counts)
        self.batch.record(each)
        ((_, _, outcome),) = [key for key, times in dict(self.batch.counts).items() if times != before.get(key, 0)]
        letters = [out for out in self.batch.outgoing.get(lane, ())[buried:] if out.topic == "dlq.capture"]
        headers = dict(letters[0].headers) if letters else {}
        failure = " ".join(value.decode() for name, value in headers.items() if "failure" in name)
        emits = [emit for one in self.decisions[made:] for emit in one.events]
        return Told(outcome, failure, [emit.event for emit in emits], [emit.suffix for emit in emits])

    def written(self, rows: dict[int, OutboxRow]) -> Write:
        """What the runtime writes. `rows`: the lanes' outbox rows before."""
        return self.batch.write(rows)


def finished(coroutine: Any) -> Any:
    """The result of a coroutine that never waits, because all is in memory."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")
