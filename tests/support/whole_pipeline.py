"""All five services in memory, record by record, in any order that Kafka allows: what is read next is a choice.

Each item is decided by the runtime's own batch; states, messages and events go through their bytes.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

from leadline_capture.app import STEP as CAPTURE
from leadline_capture.testing import MemoryCaptureStore
from leadline_enrich.app import STEP as ENRICH
from leadline_route.app import STEP as ROUTE
from leadline_route.core.roster import Counts, Load
from leadline_route.view import RouteView
from leadline_runtime.consumed import Consumed, read
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Message, Timer
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.step import NoView, Step
from leadline_schemas.codec import decode, encode_model
from leadline_schemas.ids import submission_id_of_key
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED, topic_named
from leadline_score.app import STEP as SCORE
from leadline_sla_monitor.app import STEP as SLA_MONITOR

STEPS: tuple[Step[Any], ...] = (CAPTURE, ENRICH, SCORE, ROUTE, SLA_MONITOR)


@cache
def rules_of(name: str) -> LoadedRules[Any]:
    """The rules that ship with a service."""
    return load_rules(next(step for step in STEPS if step.name == name).rules)


@dataclass
class Rows:
    """A service's states as bytes, as a transaction of capture asks for them."""

    step: Step[Any]
    rows: dict[UUID, tuple[bytes, LeadState[Any]]] = field(default_factory=dict)

    async def states(
        self, lead_ids: Sequence[UUID], *, lock: bool = False, wait: bool = True
    ) -> Mapping[UUID, LeadState[Any]]:
        """See Transaction.states."""
        return {each: self.of(each) for each in lead_ids if each in self.rows}

    async def execute(self, sql: str, params: Sequence[Any] = ()) -> None:
        """No statement is known here."""
        raise AssertionError(sql)

    async def fetch(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """No statement is known here."""
        raise AssertionError(sql)

    def of(self, lead: UUID) -> LeadState[Any]:
        """One lead's state, through its bytes."""
        body, state = self.rows[lead]
        return state.having(body=self.step.body.decode(body))


@dataclass
class Service:
    """One service: its states, what it has yet to read, its inbox."""

    step: Step[Any]
    leads: Rows
    unread: list[Consumed] = field(default_factory=list)
    inbox: list[Message] = field(default_factory=list)
    taken: int = 0
    capture: MemoryCaptureStore = field(default_factory=MemoryCaptureStore)
    members: dict[str, Load] = field(default_factory=dict)
    pools: dict[str, Counts] = field(default_factory=dict)

    def choices(self) -> list[Consumed | Message]:
        """What may be read next: of a topic the first of each key; captured leads may appear in any order."""
        found: dict[tuple[str, bytes | None], Consumed] = {}
        anyhow = [each for each in self.unread if each.topic == "lead.captured"]
        for each in self.unread:
            if each.topic != "lead.captured":
                found.setdefault((each.topic, each.key), each)
        return [*found.values(), *anyhow, *self.inbox]

    def alarms(self, until: datetime) -> Iterator[tuple[datetime, UUID, Literal["timer", "judgement"]]]:
        """Every alarm that rings by then."""
        for lead, (_, state) in self.leads.rows.items():
            for at, kind in ((state.timer_at, "timer"), (state.judge_at, "judgement")):
                if at is not None and at <= until:
                    yield at, lead, "timer" if kind == "timer" else "judgement"


class Whole:
    """The pipeline. `choose` picks what is read next; without it everything is read in the order it was written."""

    def __init__(self, now: datetime, seed: int | None = None) -> None:
        self.now = now
        self.services = {step.name: Service(step, Rows(step)) for step in STEPS}
        self.events: list[Any] = []
        self._random = random.Random(seed) if seed is not None else None
        self._number = 0

    def says(self, payload: Mapping[str, Any], way: str = "leads", **said: Any) -> UUID:
        """Somebody sends something to the door; gives its submission id. It is read later."""
        self._number += 1
        body = json.dumps(payload, default=str)
        submission = submission_id_of_key("site", said.pop("id", f"number {self._number}"))
        trusted = said.pop("trusted", False)
        received = LeadReceived.model_validate({
            "submission_id": submission, "way": way, "source": "website_form", "received_at": self.now,
            "authentication": Authentication(method="api_key", key_id="site", trusted=trusted),
            "content_type": "application/json", "body": body, "body_sha256": sha256(body.encode()).hexdigest(), **said,
        })  # fmt: skip
        headers = (("ce_type", b"leadline.lead.received"), ("ce_id", str(submission).encode()))
        self.services["capture"].unread.append(
            Consumed(LEAD_RECEIVED.name, 0, self._number, str(submission).encode(), encode_model(received), headers)
        )
        return submission

    def captures(self) -> None:
        """Capture reads all that was said, in its order."""
        capture = self.services["capture"]
        while capture.unread:
            self._take(capture, capture.unread[0])

    def settle(self) -> None:
        """Everything is read."""
        self.captures()
        while ways := [(each, item) for each in self.services.values() for item in each.choices()]:
            self._take(*(self._random.choice(ways) if self._random else ways[0]))

    def step(self, most: int) -> None:
        """At most so many items are read, then the world goes on."""
        for _ in range(most):
            ways = [(each, item) for each in self.services.values() for item in each.choices()]
            if not ways:
                return
            self._take(*(self._random.choice(ways) if self._random else ways[0]))

    def until(self, at: datetime) -> None:
        """Time passes; what is due is decided at its own instant, when all is read."""
        self.settle()
        while due := min(
            ((a, s.step.name, lead, k) for s in self.services.values() for a, lead, k in s.alarms(at)), default=None
        ):
            moment, name, lead, kind = due
            self.now = max(self.now, moment)
            service = self.services[name]
            timer = Timer(lead, kind, moment, service.leads.rows[lead][1].revision)
            self._decide(service, lambda batch, timer=timer: batch.timer(timer), [timer], {lead})  # type: ignore[misc]
            self.settle()
        self.now = max(self.now, at)

    def told(self, model: type[Any], lead: UUID | None = None) -> list[Any]:
        """The events of a kind, in order."""
        return [each for each in self.events if isinstance(each, model) and lead in (None, each.lead_id)]

    def state(self, service: str, lead: UUID) -> LeadState[Any]:
        """What a service holds of a lead."""
        return self.services[service].leads.of(lead)

    def _take(self, service: Service, item: Consumed | Message) -> None:
        if isinstance(item, Message):
            service.inbox.remove(item)
            self._decide(service, lambda batch: batch.message(0, item), [item], {item.lead_id})
            return
        service.unread.remove(item)
        topics = {topic.name: topic for topic in service.step.reads}
        found = read(service.step, topics, item)
        records = [found.record] if found.record is not None else []
        wanted = {each.lead_id for each in records if each.lead_id is not None}
        self._decide(service, lambda batch: batch.record(found), records, wanted)

    def _decide(
        self, service: Service, do: Callable[[Batch], None], items: Sequence[Any], leads: set[UUID]
    ) -> None:  # fmt: skip
        loaded = rules_of(service.step.name)
        states = {each: service.leads.of(each) for each in leads if each in service.leads.rows}
        view: Any = NoView()
        if service.step is CAPTURE and items:
            grounds = Grounds(self.now, None, loaded.rules, loaded.ref, "test", items[0])
            view = _now(service.capture.read(service.leads, items, states, grounds))
        elif service.step is ROUTE:
            team = loaded.rules.team
            view = RouteView(AssertionError)
            view.members = {each: service.members.get(each, Load()) for each in team.members}
            view.pools = {each: service.pools.get(each, Counts()) for each in team.pools}
        frame = Frame(service.step, loaded, "test", 1, self.now, self.now)
        batch = Batch(frame, states, view, Limit())
        do(batch)
        self._written(service, batch, view, bool(items))

    def _written(self, service: Service, batch: Batch, view: Any, wrote: bool) -> None:
        write = batch.write({})
        for row in write.states:
            service.leads.rows[row.lead_id] = (row.body, replace(row.state))
        service.inbox += [Message(row.id, row.lead_id, row.body) for row in write.sent]
        if service.step is CAPTURE and wrote:
            _now(service.capture.write(service.leads, view))
        elif service.step is ROUTE:
            members, pools = view.changed_rows()
            service.members.update(members)
            service.pools.update(pools)
        for out in (each for lane in batch.outgoing.values() for each in lane):
            assert not out.topic.startswith("dlq."), out
            topic = topic_named(out.topic)
            self.events.append(decode(topic, out.value))
            self._number += 1
            consumed = Consumed(out.topic, 0, self._number, out.key, out.value, out.headers)
            for reader in topic.readers:
                if reader in self.services:  # notify reads, and writes nothing
                    self.services[reader].unread.append(consumed)


def _now(coroutine: Any) -> Any:
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waited")


MINUTE = timedelta(minutes=1)
