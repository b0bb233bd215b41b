"""Leads as enrich tells them, made in numbers: of each so much is known and done that it has 55 points."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_runtime.frames import Outgoing
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.ids import derived_id, event_id, key_bytes, lead_id, partition_of
from leadline_schemas.lead import Lead, Request
from leadline_schemas.topics import LEAD_ENRICHED

GOOD = Effective(country="US", employees=200, industry="logistics", domain_class="corporate")  # 45 points of fit


def known_lead(called: str, at: datetime) -> LeadEnriched:
    """A lead that downloaded something: an IQL by the rules that ship, an MQL by the eager ones."""
    submission = derived_id("known lead", called)
    lead = lead_id(at, submission)
    basis = Basis(
        decided_at=at, rules=RulesRef(version="1", digest="0"), code="test", cause=submission, cause_kind="record"
    )
    act = Activity(
        id=derived_id("download", submission), origin=lead, kind="content.downloaded", occurred_at=at, received_at=at,
        direction="in", actor=Actor(kind="lead"), request_type="content_download", name="guide",
    )  # fmt: skip
    request = Request(id=act.id, type="content_download", start=at, received_at=at, origin=lead)
    captured = LeadCaptured(
        lead_id=lead, revision=1, basis=basis, outcome="created", received_at=at, requests=(request,), acts=(act,),
        lead=Lead(email=f"{called}@bayfreight.example", company="Bay Freight", country="US", type="content_download"),
    )  # fmt: skip
    return LeadEnriched(
        lead_id=lead, revision=1, basis=basis, facts={}, effective=GOOD, complete=True, captured=captured
    )


def as_record(event: LeadEnriched, partitions: int) -> Outgoing:
    """The event as enrich writes it."""
    key, name = key_bytes(event.lead_id), LEAD_ENRICHED.name
    headers = (
        ("ce_type", LEAD_ENRICHED.event_type.encode()),
        ("ce_id", str(event_id(event.basis.cause, name, 0)).encode()),
    )
    return Outgoing(name, partition_of(key, partitions), key, encode(LEAD_ENRICHED, event), headers)


def known_leads(prefix: str, at: datetime, number: int) -> Iterator[LeadEnriched]:
    """So many of them."""
    return (known_lead(f"{prefix}{each}", at) for each in range(number))


async def write(kafka: str, events: Iterator[LeadEnriched], partitions: int) -> Sequence[UUID]:
    """Write them to Kafka; gives the leads."""
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    leads, waiting = [], []
    for event in events:
        out = as_record(event, partitions)
        sent = await producer.send(
            out.topic, out.value, key=out.key, headers=list(out.headers), partition=out.partition
        )
        leads.append(event.lead_id)
        waiting.append(sent)
    for each in waiting:
        await each
    await producer.stop()
    return leads
