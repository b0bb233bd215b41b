"""Records a second of score's own step on Kafka and PostgreSQL, by one process, by two: leads that come, then acts.

Run as `python -m tests.load.score_steps KAFKA DATABASE_URL FOLDER LEADS SEED`; prints for one process and for two the
rate of leads, of acts and of all together, and the milliseconds of a processor for a lead and for an act.

Leads and acts are as fresh as where the step is used: judged as of when they came, not once more for each change that
has fallen due in months since. Each of them changes the scorecard.
"""

import asyncio
import random
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from leadline_local.compiled import forms
from leadline_local.endpoints import Endpoints
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED, LEAD_SCORED, Topic, dead_letter_topic
from leadline_score.app import STEP
from tests.load.draining import Drained, Service, Work, drained, prepared
from tests.load.scored_leads import activity, enriched
from tests.load.step_work import PARTITIONS
from tests.support.running import create_topics

AGO, LATER = timedelta(minutes=30), timedelta(minutes=15)  # leads came so long ago, their acts so much later

Event = tuple[Topic[Any], Any, bytes]


def events(leads: int, seed: int) -> tuple[list[Event], Iterator[Event]]:
    """The snapshots of so many leads, and an act of each."""
    rng, came_at = random.Random(seed), datetime.now(UTC) - AGO
    snapshots = [enriched(rng, n, end=came_at) for n in range(leads)]
    acts = (activity(rng, each.lead_id, n, came_at + LATER) for n, each in enumerate(snapshots))
    return [_named(LEAD_ENRICHED, each) for each in snapshots], (_named(LEAD_ACTIVITY, each) for each in acts)


def _named(topic: Topic[Any], event: Any) -> Event:
    cause: UUID = event.basis.cause
    return topic, event, str(cause).encode()


def by(processes: int, stack: Endpoints, folder: Path, leads: int, seed: int) -> tuple[Drained, Drained]:
    """Leads and acts, worked off by so many processes."""
    environment: Mapping[str, str] = forms.on_path({})
    service = Service("score", LEAD_SCORED, environment)
    found = []
    for waiting in events(leads, seed):
        found.append(drained(service, stack, folder, Work(list(prepared(waiting)), leads), processes))
    return found[0], found[1]


def main() -> None:
    """Measure and print the rates and costs."""
    kafka, database_url, folder, leads, seed = sys.argv[1:6]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    names = [*(topic.name for topic in STEP.reads), LEAD_SCORED.name, dead_letter_topic(STEP.name)]
    asyncio.run(create_topics(stack, names, PARTITIONS))
    told: list[float] = []
    for processes in (1, 2):
        first, acts = by(processes, stack, Path(folder), int(leads), int(seed) + processes)
        told += [first.rate, acts.rate, 2 / (1 / first.rate + 1 / acts.rate), first.cpu_ms, acts.cpu_ms]
    print(*told, flush=True)


if __name__ == "__main__":
    main()
