"""New scoring rules over many stored leads: how fast, and how long fresh leads take through score meanwhile."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

import psycopg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

import leadline_score
from leadline_schemas.topics import LEAD_SCORED
from tests.load.pipeline_rates import offsets
from tests.support.known_leads import as_record, known_lead, known_leads, write
from tests.support.pipeline import Pipeline, wait

SHIPPED = Path(leadline_score.__file__).parent / "rules" / "scoring.yaml"
PER_S, SECONDS, ROUNDS = 50, 15, 3  # fresh leads, how long, how often with the pass and without
STANDING, USUAL, UNBOUNDED = 0.1, 200, 2000  # leads that the pass may judge again each second


@dataclass(frozen=True)
class Rescored:
    """Fresh leads' p50 and p99 through score in milliseconds, without the pass and while it runs at its usual rate;
    leads judged again a second then, and with nothing else to do and no bound.
    """

    quiet_ms: tuple[float, float]
    passing_ms: tuple[float, float]
    rate: float
    unbounded_rate: float


def rescored(pipeline: Pipeline, stored: int, seed: int) -> Rescored:
    """Score alone, with so many stored leads, before and after a publish of rules that change every scorecard."""
    rules = pipeline.directory / "rules"
    rules.mkdir(parents=True)
    _publish(rules, "standard")
    settings = {"LEADLINE_RULES_DIR": str(rules), "LEADLINE_RULES_RELOAD_S": "0.2"}
    pipeline.start(["score"], **settings)
    asyncio.run(write(pipeline.stack.kafka, known_leads(f"s{seed}-", datetime.now(UTC), stored), pipeline.partitions))
    with offsets(pipeline) as at:
        wait(lambda: at.all_read(["score"]), "all leads to be stored", 600, every=0.5)
    _publish(rules, "eager")
    quiet: list[tuple[float, float]] = []
    passing: list[tuple[float, float]] = []
    rates: list[float] = []
    for number in range(ROUNDS):  # in turns: how much of the machine there is changes from minute to minute
        for rate, found in ((STANDING, quiet), (USUAL, passing)):
            pipeline.kill("score")
            pipeline.start(["score"], **settings, LEADLINE_RESCORE_PER_S=str(rate))
            asyncio.run(fresh(pipeline, f"w{seed}-{rate}-{number}-", 4))
            with _rate(pipeline) as told:
                found.append(asyncio.run(fresh(pipeline, f"f{seed}-{rate}-{number}-", SECONDS)))
        rates.append(told[0])
    pipeline.kill("score")
    pipeline.start(["score"], **settings, LEADLINE_RESCORE_PER_S=str(UNBOUNDED))
    before = _told(pipeline)
    wait(lambda: _told(pipeline) > before, "the pass to go on", 120)
    with _rate(pipeline) as unbounded:
        end = perf_counter() + 10
        wait(lambda: perf_counter() > end or _left(pipeline) == 0, "ten seconds", 20)
    return Rescored(_middle(quiet), _middle(passing), median(rates), unbounded[0])


def _middle(found: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The medians of the rounds."""
    return median(p50 for p50, _ in found), median(p99 for _, p99 in found)


def _publish(rules: Path, preset: str) -> None:
    new = rules / "scoring.new"
    new.write_text(SHIPPED.read_text().replace("preset: standard", f"preset: {preset}"))
    new.rename(rules / "scoring.yaml")


def _ask(pipeline: Pipeline, columns: str) -> int:
    with psycopg.connect(pipeline.stack.database_url, options="-c search_path=score") as connection:
        row = connection.execute(f"SELECT {columns} FROM rescoring WHERE from_digest IS NOT NULL".encode()).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def _told(pipeline: Pipeline) -> int:
    return _ask(pipeline, "sum(told)")


def _left(pipeline: Pipeline) -> int:
    return _ask(pipeline, "sum(total - told)")


@contextmanager
def _rate(pipeline: Pipeline) -> Iterator[list[float]]:
    """Leads judged again a second while the block runs."""
    found: list[float] = []
    before, started = _told(pipeline), perf_counter()
    yield found
    found.append((_told(pipeline) - before) / (perf_counter() - started))


async def fresh(pipeline: Pipeline, prefix: str, seconds: int) -> tuple[float, float]:
    """Fresh leads at a steady rate: p50 and p99 in milliseconds from Kafka through score to a reader."""
    kafka = pipeline.stack.kafka
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", linger_ms=0)
    consumer = AIOKafkaConsumer(LEAD_SCORED.name, bootstrap_servers=kafka, auto_offset_reset="latest")
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    sent: dict[bytes, float] = {}
    took: list[float] = []

    async def read() -> None:
        while len(took) < PER_S * seconds:
            for records in (await consumer.getmany(timeout_ms=20)).values():
                took.extend(perf_counter() - sent.pop(r.key) for r in records if r.key in sent)

    reading = asyncio.create_task(read())
    began = perf_counter()
    for number in range(PER_S * seconds):
        await asyncio.sleep(max(0.0, began + number / PER_S - perf_counter()))
        out = as_record(known_lead(f"{prefix}{number}", datetime.now(UTC)), pipeline.partitions)
        assert out.key is not None
        sent[out.key] = perf_counter()
        await producer.send(out.topic, out.value, key=out.key, headers=list(out.headers), partition=out.partition)
    await asyncio.wait_for(reading, 60)
    await producer.stop()
    await consumer.stop()
    cuts = quantiles(took, n=100)
    return cuts[49] * 1000, cuts[98] * 1000
