"""Enrich's step alone, with a vendor over HTTP and a table: with its answers kept, with none, and while it hangs."""

import asyncio
import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from aiokafka import AIOKafkaProducer
from redis import Redis

from leadline_schemas import codec, ids
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED
from tests.load.pipeline_rates import Offsets, offsets
from tests.load.step_work import captured
from tests.support.pipeline import Pipeline, wait
from tests.support.vendor import Told

LEADS_OF_A_COMPANY = 4  # a list of leads has so many of each company
KNOWN_TO_TABLE = 2  # of the companies one in two


@dataclass(frozen=True)
class EnrichRates:
    """Leads a second, and how many questions the vendor got: while nothing was kept, and again while all was."""

    flushed: float
    warm: float
    hung: float
    asked: int
    again: int


def enrich_rates(pipeline: Pipeline, vendor: Told, leads: int, seed: int) -> EnrichRates:
    """Each on leads that wait for a process that was just started, so that it remembers nothing itself."""
    companies = leads // LEADS_OF_A_COMPANY
    folder = pipeline.directory / "enrich"
    pipeline.environment.update(vendor.rules(folder))
    pipeline.environment["LEADLINE_FIRMOGRAPHICS_FILE"] = _table(folder / "firmographics.csv", companies)
    with offsets(pipeline) as at:
        pipeline.start(["enrich"])
        _flush(pipeline)
        flushed = _rate(pipeline, at, range(leads), companies, seed)
        wait(lambda: _kept(pipeline) >= companies, "every answer to be kept", 120)
        asked = vendor.asked()["all"]
        warm = _rate(pipeline, at, range(leads, 2 * leads), companies, seed)
        again = vendor.asked()["all"] - asked
        _flush(pipeline)
        vendor.be("hanging")
        hung = _rate(pipeline, at, range(2 * leads, 3 * leads), companies, seed)
        pipeline.kill("enrich")
    return EnrichRates(flushed, warm, hung, asked, again)


def _table(file: Path, companies: int) -> str:
    with file.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(["domain", "employees", "industry"])
        table.writerows([_domain(n), 10 + n % 5000, "logistics"] for n in range(0, companies, KNOWN_TO_TABLE))
    return str(file)


def _domain(company: int) -> str:
    return f"company-{company}.example"


def _flush(pipeline: Pipeline) -> None:
    with Redis.from_url(pipeline.stack.redis_url) as client:
        client.flushall()


def _kept(pipeline: Pipeline) -> int:
    with Redis.from_url(pipeline.stack.redis_url) as client:
        return sum(not key.endswith(b":asking") for key in client.scan_iter("leadline:enrich:*", count=10_000))


def _rate(pipeline: Pipeline, at: Offsets, numbers: range, companies: int, seed: int) -> float:
    pipeline.kill("enrich")
    made = _leads(numbers, companies, seed)
    asyncio.run(publish(pipeline, made))
    before = at.ends(LEAD_ENRICHED.name)
    pipeline.spawn("enrich")
    wait(lambda: at.ends(LEAD_ENRICHED.name) > before, "the first lead", 60, every=0.02)
    started = perf_counter()
    wait(lambda: at.all_read(["enrich"]), "all leads to be enriched", 600, every=0.1)
    return len(numbers) / (perf_counter() - started)


def _leads(numbers: range, companies: int, seed: int) -> Iterator[LeadCaptured]:
    rng = random.Random(f"{seed}-{numbers.start}")
    order = rng.sample(range(companies), companies)
    for number in numbers:
        email = f"ann{number}@{_domain(order[number % companies])}"
        event = captured(rng, number)
        yield event.model_copy(update={"lead": event.lead.model_copy(update={"email": email, "emails": (email,)})})


async def publish(pipeline: Pipeline, events: Iterator[LeadCaptured]) -> None:
    """As capture writes them."""
    producer = AIOKafkaProducer(bootstrap_servers=pipeline.stack.kafka, acks="all", linger_ms=5, max_batch_size=500_000)
    await producer.start()
    waiting: list[asyncio.Future[object]] = []
    for event in events:
        key = ids.key_bytes(event.lead_id)
        cause = ids.event_id(event.lead_id, LEAD_CAPTURED.name, 0)
        headers = [("ce_id", str(cause).encode()), ("ce_type", LEAD_CAPTURED.event_type.encode())]
        partition = ids.partition_of(key, pipeline.partitions)
        value = codec.encode(LEAD_CAPTURED, event)
        waiting.append(await producer.send(LEAD_CAPTURED.name, value, key=key, partition=partition, headers=headers))
        if len(waiting) >= 2000:
            await asyncio.gather(*waiting)
            waiting.clear()
    await asyncio.gather(*waiting)
    await producer.stop()
