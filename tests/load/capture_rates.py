"""Capture's step alone: leads a second, a third of them from people known already, over few and over many leads."""

import asyncio
import random
from time import perf_counter

import psycopg

from leadline_schemas.topics import LEAD_CAPTURED
from tests.load.many_leads import email_of, grow
from tests.load.people import Submission, fill, person, publish, received
from tests.load.pipeline_rates import Offsets, offsets
from tests.support.pipeline import Pipeline, wait

KNOWN_SHARE = 3  # one submission in three is of somebody known
FEW = 10_000


def capture_rates(pipeline: Pipeline, stored: int, leads: int, seed: int) -> tuple[float, float]:
    """Leads a second over 10,000 stored leads, and over `stored`."""
    pipeline.start(["capture"])
    with offsets(pipeline) as at:
        asyncio.run(fill(pipeline.stack.kafka, pipeline.partitions, FEW, seed))
        wait(lambda: at.ends(LEAD_CAPTURED.name) >= FEW, "the first leads to be captured", 300)
        grow(pipeline.stack.database_url, range(FEW), pipeline.partitions)
        few = _rate(pipeline, at, leads, FEW, seed + 1)
        grow(pipeline.stack.database_url, range(FEW, stored), pipeline.partitions)
        many = _rate(pipeline, at, leads, stored, seed + 2)
    return few, many


def _rate(pipeline: Pipeline, at: Offsets, leads: int, known: int, seed: int) -> float:
    """The step starts on what waits for it: `leads` submissions, some of the `known` first of the many."""
    pipeline.kill("capture")
    rng = random.Random(seed)
    made = [_submission(rng, known, number) for number in range(leads)]
    asyncio.run(publish(pipeline.stack.kafka, pipeline.partitions, made))
    before, merged = at.ends(LEAD_CAPTURED.name), _merged(pipeline)
    pipeline.spawn("capture")
    wait(lambda: at.ends(LEAD_CAPTURED.name) > before, "the first lead", 60, every=0.02)
    # Not counted from the events: the claim has published its newest batch once more.
    started = perf_counter()
    wait(lambda: at.all_read(["capture"]), "all leads to be captured", 600, every=0.1)
    seconds = perf_counter() - started
    merged = _merged(pipeline) - merged
    assert merged == -(-leads // KNOWN_SHARE), f"only {merged} submissions were found to be of somebody known"
    return leads / seconds


def _merged(pipeline: Pipeline) -> int:
    with psycopg.connect(pipeline.stack.database_url) as connection:
        row = connection.execute("SELECT count(*) FROM capture.submission WHERE outcome = 'merged_into'").fetchone()
    return int(row[0]) if row else 0


def _submission(rng: random.Random, known: int, number: int) -> Submission:
    payload = person(rng)
    if number % KNOWN_SHARE == 0:
        payload["email"] = email_of(rng.randrange(known))
        del payload["name"]  # a key under which many names were seen would be a weak one
    return received(rng, payload)
