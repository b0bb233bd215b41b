"""The same work for every contender: decode a lead.captured of about 1 KB, decide, encode lead.enriched around it."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_schemas import codec, ids
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.event import Basis, Position, RulesRef
from leadline_schemas.lead import Lead, Request
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED

PARTITIONS = 8
START = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
RULES = RulesRef(version="bench", digest="bench")


def captured(rng: random.Random, n: int) -> LeadCaptured:
    """A plausible lead; the seed decides who."""
    submission = UUID(int=rng.getrandbits(128))
    at = START + timedelta(milliseconds=n)
    lead_id = ids.lead_id(at, submission)
    basis = Basis(
        decided_at=at,
        rules=RULES,
        code="bench",
        cause=submission,
        cause_kind="record",
        position=Position(topic="lead.received", partition=0, offset=n),
    )
    lead = Lead(
        name=f"Ann Lee {n}",
        first_name="Ann",
        last_name="Lee",
        title="VP Operations",
        email=f"ann{n}@bayfreight.example",
        emails=(f"ann{n}@bayfreight.example",),
        phone="+12125550101",
        company="Bay Freight Inc.",
        country="US",
        state="MA",
        source_detail="demo-form-2",
        type="demo_request",
        source="website_form",
    )
    request = Request(id=ids.request_id(submission), type="demo_request", start=at, received_at=at, origin=lead_id)
    return LeadCaptured(
        lead_id=lead_id, revision=1, basis=basis, outcome="created", received_at=at, lead=lead, requests=(request,)
    )


def enriched(event: LeadCaptured, basis: Basis) -> LeadEnriched:
    """What the step under test makes of it."""
    effective = Effective(country=event.lead.country, state=event.lead.state, language=event.lead.language)
    return LeadEnriched(
        lead_id=event.lead_id, revision=1, basis=basis, facts={}, effective=effective, complete=True, captured=event
    )


def agent_work(value: bytes) -> tuple[bytes, bytes]:
    """The whole work for one value, as an agent does it: key and value to send."""
    event = codec.decode(LEAD_CAPTURED, value)
    basis = Basis(decided_at=datetime.now(UTC), rules=RULES, code="bench", cause=event.lead_id, cause_kind="record")
    return ids.key_bytes(event.lead_id), codec.encode(LEAD_ENRICHED, enriched(event, basis), value)


async def fill(bootstrap: str, topic: str, records: int, seed: int) -> None:
    """Write the input, once per contender."""
    rng = random.Random(seed)
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    for n in range(records):
        event = captured(rng, n)
        key = ids.key_bytes(event.lead_id)
        value = codec.encode(LEAD_CAPTURED, event)
        headers = [("ce_id", str(ids.event_id(event.lead_id, "lead.captured", 0)).encode())]
        partition = ids.partition_of(key, PARTITIONS)
        waiting.append(await producer.send(topic, value, key=key, partition=partition, headers=headers))
        if len(waiting) >= 2000:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()
