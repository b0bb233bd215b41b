"""Leads a second through the monitor's own step on Kafka and PostgreSQL, by one process, by two: captured, then routed.

Run as `python -m tests.load.arm_steps KAFKA DATABASE_URL FOLDER LEADS SEED`; prints for one process and for two the
rate of captured and of routed leads, and the milliseconds of a processor for each.

A captured lead arms the decision's clock; a routed one ends it and arms two promises to the customer and the owner's
clock, with an event of each. The pipeline's clock stands still meanwhile, on a Tuesday at ten: nothing falls due.
"""

import asyncio
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leadline_local.compiled import forms
from leadline_local.endpoints import Endpoints
from leadline_runtime.clock_setting import set_clock
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_runtime.rules import load_rules
from leadline_schemas import ids
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import AllowedChannel, Candidate, LeadRouted
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_RECEIVED, LEAD_ROUTED, LEAD_SLA, Topic, dead_letter_topic
from leadline_sla_monitor.app import STEP
from tests.load.clocks_in_bulk import decided
from tests.load.draining import Drained, Service, Work, drained, prepared
from tests.load.route_steps import scored
from tests.load.step_work import PARTITIONS
from tests.support.running import create_topics

START = datetime(2026, 3, 10, 14, 0, tzinfo=UTC)
LATER = timedelta(seconds=2)  # from the request to its routing
Written = tuple[Topic[Any], Any, bytes]
ALLOWED = tuple(
    AllowedChannel(purpose=purpose, channel=channel, allowed=True, why="they asked us")
    for purpose in ("respond", "marketing") for channel in ("email", "phone", "sms", "messaging")
)  # fmt: skip
LOOKED_AT = tuple(
    Candidate(id=name, chosen=reason == "chosen", reason=reason, why="turns", balance="0")
    for name, reason in (("ana", "balance"), ("ben", "balance"), ("cleo", "chosen"))
)


def leads_of(leads: int, seed: int) -> Iterator[tuple[LeadCaptured, LeadRouted]]:
    """Demo requests from New York with a phone number, each as captured and as given to cleo."""
    rng = random.Random(seed)
    for n in range(leads):
        told = scored(rng, n, START)
        captured = told.enriched.captured
        captured = captured.model_copy(update={"lead": captured.lead.model_copy(update={"phone": "+12125550142"})})
        told = told.model_copy(update={"enriched": told.enriched.model_copy(update={"captured": captured})})
        basis = told.basis.model_copy(update={"decided_at": START + LATER})
        yield captured, LeadRouted(
            lead_id=told.lead_id, revision=1, basis=basis, outcome="person", assignment=1, assigned_at=START + LATER,
            owner="cleo", manager="mia", pool="us_east", territory="us_east", rule="r6_us_east", cause="scored",
            counts_as_turn=True, candidates=LOOKED_AT, allowed_channels=ALLOWED, requests=told.requests, scored=told,
        )  # fmt: skip


def written(topic: Topic[Any], events: Iterator[Any]) -> Iterator[Written]:
    """The events with their ids."""
    for event in events:
        yield topic, event, str(ids.event_id(event.lead_id, topic.name, 0)).encode()


def told_of(seed: int, records: int) -> int:
    """How many events of lead.sla the first records of a lead make: what the step itself says."""
    (pair,) = leads_of(1, seed)
    return sum(each.topic is LEAD_SLA for each in decided(pair[:records], load_rules(STEP.rules)).events)


def by(processes: int, stack: Endpoints, folder: Path, leads: int, seed: int) -> tuple[Drained, Drained]:
    """Captured and routed leads, worked off by so many processes."""
    service, found = Service("sla-monitor", LEAD_SLA, forms.on_path({})), []
    for which, topic, told in (
        (0, LEAD_CAPTURED, told_of(seed, 1)),
        (1, LEAD_ROUTED, told_of(seed, 2) - told_of(seed, 1)),
    ):
        records = list(prepared(written(topic, (each[which] for each in leads_of(leads, seed)))))
        done = drained(service, stack, folder, Work(records, leads * told), processes)
        found.append(Drained(done.rate / told, done.cpu_ms * told))
    return found[0], found[1]


def main() -> None:
    """Measure and print the rates and costs."""
    kafka, database_url, folder, leads, seed = sys.argv[1:6]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    topics = (LEAD_RECEIVED, *STEP.reads, *STEP.writes)
    names = [*dict.fromkeys(topic.name for topic in topics), dead_letter_topic(STEP.name)]
    asyncio.run(create_topics(stack, names, PARTITIONS))
    migrate(database_url, STEP.schema, RUNTIME + STEP.migrations)
    set_clock(database_url, [STEP.schema], START + 2 * LATER, 0)
    told: list[float] = []
    for processes in (1, 2):
        captured, routed = by(processes, stack, Path(folder), int(leads), int(seed) + processes)
        told += [captured.rate, routed.rate, captured.cpu_ms, routed.cpu_ms]
    print(*told, flush=True)


if __name__ == "__main__":
    main()
