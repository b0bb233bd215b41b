"""A late fact reaches its lead whatever dies on the way: enrich is killed between the answer and the event.

The vendor hangs while leads come, then answers; Redis is flushed all the while; crash points of the loop are passed
with a death. In the end each lead has its facts, a revision is one event, and repeats are what they repeat, by byte.
"""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition
from redis import Redis

from leadline_local.endpoints import Endpoints
from leadline_schemas import codec
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.topics import LEAD_ENRICHED
from tests.load.enrich_rates import publish
from tests.load.step_work import captured
from tests.support.pipeline import Pipeline, wait
from tests.support.stack import opened
from tests.support.vendor import NAME, Told, facts, playing

pytestmark = pytest.mark.stack
LEADS = 12
# Where it dies, and at which passage: the first batch after a start finds the alarms, the second tells what they found.
DEATHS = ("in_t2:2", "during_commit:2", "after_commit:2", "in_publish:1")


class Story:
    """Enrich alone, with a vendor, on a stack of its own."""

    def __init__(self, pipeline: Pipeline, vendor: Told) -> None:
        self.pipeline, self.vendor, self.leads = pipeline, vendor, 0
        self.read: list[Any] = []
        self.reader = KafkaConsumer(bootstrap_servers=pipeline.stack.kafka, check_crcs=False)
        places = [TopicPartition(LEAD_ENRICHED.name, n) for n in range(pipeline.partitions)]
        self.reader.assign(places)
        self.reader.seek_to_beginning(*places)

    def leads_come(self, companies: int = LEADS) -> None:
        """Each of a company of its own, or several of one."""
        chance, first = random.Random(self.leads), self.leads
        self.leads += LEADS
        made = (_lead(chance, n, first + n % companies) for n in range(first, self.leads))
        asyncio.run(publish(self.pipeline, made))

    def restarted(self, **more: str) -> None:
        if "enrich" in self.pipeline.running:
            self.pipeline.kill("enrich")
        self.pipeline.spawn("enrich", **more)

    def told(self) -> list[LeadEnriched]:
        """Every event, each once. One revision must be one event, and its repeats the same bytes."""
        while found := self.reader.poll(timeout_ms=300):
            self.read += [raw for raws in found.values() for raw in raws]
        first: dict[tuple[bytes, int], Any] = {}
        for raw in self.read:
            event = codec.decode(LEAD_ENRICHED, raw.value)
            known = first.setdefault((raw.key, event.revision), raw)
            assert (known.value, known.headers) == (raw.value, raw.headers), f"revision {event.revision} is two events"
        return [codec.decode(LEAD_ENRICHED, raw.value) for raw in first.values()]

    def newest(self) -> dict[Any, LeadEnriched]:
        return {event.lead_id: event for event in sorted(self.told(), key=lambda event: event.revision)}

    def all_is_known(self) -> bool:
        """Has every lead its facts?"""
        found = self.newest()
        return len(found) == self.leads and all(event.complete for event in found.values())


def _lead(chance: random.Random, number: int, company: int) -> LeadCaptured:
    event = captured(chance, number)
    email = f"ann{number}@late-{company}.example"
    return event.model_copy(update={"lead": event.lead.model_copy(update={"email": email, "emails": (email,)})})


@contextmanager
def flushed(stack: Endpoints) -> Iterator[None]:
    """Redis forgets everything, again and again, while the block runs."""
    over = Event()

    def flush() -> None:
        with Redis.from_url(stack.redis_url) as client:
            while not over.wait(0.02):
                client.flushall()

    flushing = Thread(target=flush)
    flushing.start()
    try:
        yield
    finally:
        over.set()
        flushing.join()


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    directory: Path = tmp_path_factory.mktemp("late")
    with opened("local", directory, alone=True) as stack, playing() as vendor:
        pipeline = Pipeline(stack, directory / "programs", vendor.rules(directory / "rules"), partitions=2)
        pipeline.prepare()
        made = Story(pipeline, vendor)
        try:
            yield made
        finally:
            made.reader.close()
            pipeline.stop()


def test_two_processes_ask_about_a_company_once(story: Story) -> None:
    for instance in ("", "-second"):
        story.pipeline.spawn("enrich", instance)
    for label in ("enrich", "enrich-second"):
        story.pipeline.wait_ready(label, 120)
    wait(
        lambda: [story.pipeline.says(each).get("lanes") for each in story.pipeline.running] == [1, 1], "a lane each", 60
    )
    story.leads_come(companies=3)
    wait(
        lambda: len(done := story.newest()) == story.leads and all(e.complete for e in done.values()), "all facts", 120
    )
    away = any("Redis cannot be used" in story.pipeline.log(label) for label in story.pipeline.running)
    assert story.vendor.asked()["all"] == 3 or away  # away: the machine is so busy that each may ask
    story.pipeline.kill("enrich-second")


@pytest.mark.parametrize("death", DEATHS)
def test_killed_between_the_late_fact_and_its_event(story: Story, death: str) -> None:
    before = story.leads
    with flushed(story.pipeline.stack):
        story.vendor.be("hanging")
        story.restarted()
        story.leads_come()
        wait(lambda: len(story.newest()) == story.leads, "all leads to go on without the vendor", 120)
        story.pipeline.kill("enrich")
        without = [event for event in story.told() if not event.complete]
        assert {event.facts["employees"].absent for event in without} <= {"timeout", "breaker_open"}
        assert len({event.lead_id for event in without}) >= LEADS

        story.vendor.be("answering")
        story.restarted(LEADLINE_CRASH_AT=f"enrich:{death}")
        wait(lambda: story.pipeline.running["enrich"].poll() is not None, f"enrich to die at {death}", 90)
        story.restarted()
        wait(story.all_is_known, "all facts", 120)
    known = story.newest()
    assert len(known) == story.leads > before
    for event in known.values():
        fact = event.facts["employees"]
        assert (fact.provider, fact.value) == (NAME, facts(event.effective.company_domain or "")["people"])


def test_late_facts_were_told_by_alarms_and_once(story: Story) -> None:
    late = [event for event in story.told() if event.basis.cause_kind == "timer"]
    assert len(late) >= LEADS * len(DEATHS)
    assert all(event.complete for event in story.newest().values())
