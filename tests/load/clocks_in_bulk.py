"""Many armed clocks, put into the monitor's table at once: states that its own step made, once more for other leads.

The step decides on a captured and a routed lead as ever, and its codec encodes what it keeps; each row is that state
under ids of its own. So one of them is read, judged and told like any other; only the way into the table is shorter.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from leadline_runtime.bodies import stored
from leadline_runtime.consumed import Consumed, Read
from leadline_runtime.dead_letters import Limit
from leadline_runtime.deciding import Batch, Frame
from leadline_runtime.decision import LeadState
from leadline_runtime.items import Record
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.step import NoView
from leadline_schemas import ids
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, Topic
from leadline_sla_monitor.app import STEP
from leadline_sla_monitor.core.policy import SlaRules
from tests.load.route_steps import scored

RULES = Path(__file__).parent / "rules"  # demo_request: due 40 s after the start; any other: 20 h
SOON, LATER = timedelta(seconds=40), timedelta(hours=20)
COLUMNS = "lead_id, lane, revision, seen, timer_at, judge_at, body"
TYPES = ["uuid", "int4", "int8", "jsonb", "timestamptz", "timestamptz", "bytea"]
Told = tuple[LeadCaptured, LeadRouted]


def told_of(rng: random.Random, kind: str, start: datetime) -> Told:
    """A lead that asked at `start`, as it is captured and, two seconds later, routed to cleo."""
    known = scored(rng, 0, start)
    captured = known.enriched.captured
    asked = captured.requests[0].model_copy(update={"type": kind, "start": start, "received_at": start})
    captured = captured.model_copy(update={"requests": (asked,), "acts": ()})
    enriched = known.enriched.model_copy(update={"captured": captured})
    routed_at = start + timedelta(seconds=2)
    routed = LeadRouted(
        lead_id=known.lead_id, revision=1, basis=known.basis.model_copy(update={"decided_at": routed_at}),
        outcome="person", assignment=1, assigned_at=routed_at, owner="cleo", manager="mia", territory="us_east",
        rule="r6_us_east", cause="scored", requests=(asked,), scored=known.model_copy(update={"enriched": enriched}),
    )  # fmt: skip
    return captured, routed


@dataclass(frozen=True)
class Armed:
    """A lead with its clocks armed, as the step keeps it."""

    lead: UUID
    request: UUID
    state: LeadState[Any]
    body: bytes

    def row(self, lead: UUID, request: UUID, partitions: int) -> tuple[Any, ...]:
        """The same of another lead."""
        body = self.body.replace(str(self.lead).encode(), str(lead).encode())
        body = body.replace(str(self.request).encode(), str(request).encode())
        lane, state = ids.partition_of(ids.key_bytes(lead), partitions), self.state
        seen = Jsonb(dict(state.seen))
        return lead, lane, state.revision, seen, state.timer_at, state.judge_at, stored(body)


def armed(kind: str, start: datetime, rules: Path = RULES) -> Armed:
    """A lead that asked at `start` and was routed two seconds later, after both were read."""
    captured, routed = told_of(random.Random(str(start)), kind, start)
    batch = decided((captured, routed), load_rules(STEP.rules, rules))
    state = batch.states[captured.lead_id]
    return Armed(captured.lead_id, captured.requests[0].id, state, STEP.body.encode(state.body))


def decided(told: Sequence[LeadCaptured | LeadRouted], rules: LoadedRules[SlaRules]) -> Batch:
    """What the step makes of a lead that is captured, and then routed, at the time of the last of both."""
    batch = Batch(Frame(STEP, rules, "bulk", 1, told[-1].basis.decided_at, None), {}, NoView(), Limit())
    for offset, event in enumerate(told):
        topic: Topic[Any] = LEAD_CAPTURED if isinstance(event, LeadCaptured) else LEAD_ROUTED
        key, value = ids.key_bytes(event.lead_id), encode(topic, event)
        record = Record(topic, 0, offset, key, value, event, ids.event_id(event.lead_id, topic.name, 0))
        batch.record(Read(Consumed(topic.name, 0, offset, key, value, ()), record))
    return batch


def rows(patterns: Sequence[Armed], leads: int, seed: int, partitions: int) -> Iterator[tuple[Any, ...]]:
    """So many leads with clocks like these, in turn."""
    rng, now = random.Random(seed), datetime.now(UTC)
    for n in range(leads):
        submission = UUID(int=rng.getrandbits(128), version=4)
        lead = ids.lead_id(now + timedelta(milliseconds=n), submission)
        yield patterns[n % len(patterns)].row(lead, ids.request_id(submission), partitions)


def put(database_url: str, made: Iterator[tuple[Any, ...]]) -> None:
    """Into the monitor's table, and let PostgreSQL look at it as it would in time."""
    migrate(database_url, STEP.schema, RUNTIME + STEP.migrations)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {STEP.schema}".encode())
        with connection.cursor() as cursor, cursor.copy(
            f"COPY state ({COLUMNS}) FROM STDIN (FORMAT BINARY)".encode()
        ) as copy:  # fmt: skip
            copy.set_types(TYPES)
            for row in made:
                copy.write_row(row)
        connection.execute("VACUUM ANALYZE state")
        connection.execute("CHECKPOINT")
