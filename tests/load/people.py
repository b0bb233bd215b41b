"""Seeded people who knock: submissions as the edge would publish them, for loads through Kafka and over HTTP."""

import asyncio
import hashlib
import json
import random
from datetime import UTC, datetime
from uuid import UUID

from aiokafka import AIOKafkaProducer

from leadline_schemas import ids
from leadline_schemas.codec import encode_model
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED

FIRST = [
    "Ann",
    "Bob",
    "Cleo",
    "Dan",
    "Eve",
    "Fay",
    "Gus",
    "Ida",
    "Jon",
    "Kim",
    "Lea",
    "Max",
    "Nia",
    "Oto",
    "Pia",
    "Ray",
]
LAST = ["Lee", "Ray", "Shah", "Ortiz", "Novak", "Vogt", "Park", "Krug", "Webb", "Roe", "Diaz", "Quist", "Moro", "Lang"]
TITLES = ("VP Operations", "Head of IT", "Growth Manager", "Analyst", "CFO", "Buyer", "Director of Product")
TYPES = ("demo_request", "pricing_inquiry", "content_download", "trial_signup", "contact_sales", "newsletter")
STATES = ("NY", "MA", "CA", "TX", "GA", "WA")
COUNTRIES = ("US", "US", "US", "GB", "DE", "FR", "CA")


def person(rng: random.Random) -> dict[str, object]:
    """One lead payload; addresses do not repeat."""
    first, last, company = rng.choice(FIRST), rng.choice(LAST), rng.randrange(20_000)
    country = rng.choice(COUNTRIES)
    payload: dict[str, object] = {
        "type": rng.choice(TYPES),
        "source": "website_form",
        "source_detail": f"form-{rng.randrange(20)}",
        "name": f"{first} {last}",
        "title": rng.choice(TITLES),
        "email": f"{first}.{last}.{rng.getrandbits(48):x}@company{company}.example".lower(),
        "company": f"Company {company}",
        "employees": rng.choice((12, 40, 200, 900, 3000)),
        "industry": rng.choice(("logistics", "manufacturing", "retail", "software", "other")),
        "country": country,
        "marketing_checkbox": rng.random() < 0.5,
    }
    if country == "US":
        payload["state"] = rng.choice(STATES)
    if rng.random() < 0.5:
        payload["phone"] = f"+1 212 555 {rng.randrange(10_000):04d}" if country == "US" else "+44 20 7946 0018"
    return payload


NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_NEVER = b'"2000-01-01T00:00:00Z"'


Submission = tuple[UUID, bytes]


def received(rng: random.Random, payload: dict[str, object] | None = None) -> Submission:
    """A submission as the edge would publish it, but for the time at which it does: id and value, see `stamped`."""
    submission = UUID(int=rng.getrandbits(128), version=4)
    body = json.dumps(payload or person(rng))
    made = LeadReceived(
        submission_id=submission,
        way="leads",
        source="bench",
        received_at=NEVER,
        authentication=Authentication(method="api_key", key_id="bench"),
        content_type="application/json",
        body=body,
        body_sha256=hashlib.sha256(body.encode()).hexdigest(),
    )
    return submission, encode_model(made)


def stamped(value: bytes) -> bytes:
    """The submission as received now."""
    return value.replace(_NEVER, b'"%s"' % datetime.now(UTC).isoformat().replace("+00:00", "Z").encode(), 1)


async def fill(bootstrap: str, partitions: int, leads: int, seed: int, rate: float | None = None) -> None:
    """Write submissions of `leads` people to lead.received, as fast as it goes or at `rate` a second."""
    rng = random.Random(seed)
    # Made before: what is measured shares this machine.
    await publish(bootstrap, partitions, [received(rng) for _ in range(leads)], rate)


async def publish(bootstrap: str, partitions: int, made: list[Submission], rate: float | None = None) -> None:
    """Write these submissions to lead.received, as fast as it goes or at `rate` a second."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=2, max_batch_size=500_000)
    await producer.start()
    loop = asyncio.get_running_loop()
    started, waiting = loop.time(), []
    for n, (submission, value) in enumerate(made):
        key = ids.key_bytes(submission)
        headers = [("ce_id", key), ("ce_type", LEAD_RECEIVED.event_type.encode())]
        place = ids.partition_of(key, partitions)
        waiting.append(
            await producer.send(LEAD_RECEIVED.name, stamped(value), key=key, partition=place, headers=headers)
        )
        if rate is not None:
            await asyncio.sleep(max(0.0, started + (n + 1) / rate - loop.time()))
        elif len(waiting) >= 1000:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()
