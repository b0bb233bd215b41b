"""Leads a second through route's own step on Kafka and PostgreSQL, all of them in one hot pool: by one process, by two.

Run as `python -m tests.load.route_steps KAFKA DATABASE_URL FOLDER LEADS SEED`; prints the rate of one process and of
two together, with the CPU of a lead. Each drains as many leads as the other, of the same kind, into the same tables.
"""

import asyncio
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leadline_local.endpoints import Endpoints
from leadline_route.app import STEP
from leadline_schemas import ids
from leadline_schemas.enriched import Effective
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.lead import Request
from leadline_schemas.scored import Dimension, LeadScored, Scorecard
from leadline_schemas.topics import LEAD_ROUTED, LEAD_SCORED, Topic, dead_letter_topic
from tests.load.draining import Drained, Service, Work, drained, prepared
from tests.load.hot_pool import hot_pool
from tests.load.scored_leads import enriched
from tests.load.step_work import PARTITIONS
from tests.support.running import create_topics

AGO = timedelta(minutes=5)
_RULES = RulesRef(version="bench", digest="bench")


def scored(rng: random.Random, n: int, at: datetime) -> LeadScored:
    """A hand raise from New York as score tells it, with what enrich found and three acts."""
    known = enriched(rng, n, end=at)
    request = Request(id=ids.request_id(known.lead_id), type="demo_request", start=at, received_at=at,
                      origin=known.lead_id)  # fmt: skip
    lead = known.captured.lead.model_copy(update={"type": "demo_request", "country": "US", "state": "NY"})
    captured = known.captured.model_copy(update={"lead": lead, "requests": (request,)})
    effective = Effective(country="US", state="NY", language="en", employees=120)
    told = known.model_copy(update={"captured": captured, "effective": effective})
    points = {name: _points(value) for name, value in (("fit", "45.000"), ("intent", "30.000"))}
    card = Scorecard(
        as_of=at, total="75.000", unclipped_total="75.000", display=75, grade="B1", temperature="hot", signal="MQL",
        hand_raise=True, mql=True, mql_by_score=True, mql_reasons=("hand_raise",), fast_track=False,
        sql_suggested=False, explanation="asked for a demo", **points,
    )  # fmt: skip
    basis = Basis(decided_at=at, rules=_RULES, code="bench", cause=known.lead_id, cause_kind="record")
    return LeadScored(
        lead_id=known.lead_id, revision=1, basis=basis, requests=(request,), cause="act", scorecard=card, enriched=told
    )


def _points(value: str) -> Dimension:
    return Dimension(value=value, known=value, positives=value, after_cap=value, penalties="0")


def events(leads: int, seed: int) -> Iterator[tuple[Topic[Any], Any, bytes]]:
    """The scorecards."""
    rng, at = random.Random(seed), datetime.now(UTC) - AGO
    for n in range(leads):
        event = scored(rng, n, at)
        yield LEAD_SCORED, event, str(ids.event_id(event.lead_id, LEAD_SCORED.name, 0)).encode()


def measure(stack: Endpoints, folder: Path, leads: int, seed: int) -> tuple[Drained, Drained]:
    """One process, and two together."""
    hot_pool(folder / "rules")
    names = [*(topic.name for topic in STEP.reads), LEAD_ROUTED.name, dead_letter_topic(STEP.name)]
    asyncio.run(create_topics(stack, names, PARTITIONS))
    service, found = Service("route", LEAD_ROUTED, {"LEADLINE_RULES_DIR": str(folder / "rules")}), []
    for processes in (1, 2):
        work = Work(list(prepared(events(leads, seed + processes))), leads)
        found.append(drained(service, stack, folder, work, processes))
    return found[0], found[1]


def main() -> None:
    """Measure and print both rates, each with the CPU of a lead in milliseconds."""
    kafka, database_url, folder, leads, seed = sys.argv[1:6]
    stack = Endpoints("external", kafka, database_url, "redis://127.0.0.1:1/0")
    one, two = measure(stack, Path(folder), int(leads), int(seed))
    print(one.rate, one.cpu_ms, two.rate, two.cpu_ms, flush=True)


if __name__ == "__main__":
    main()
