"""Leads as score holds them in PostgreSQL: judged by its own decisions, encoded by its own codec, then told of others.

Judging a hundred thousand takes minutes; some hundred kinds of leads, each once more under other ids, take seconds.
Each row is what score would have written for that lead.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import psycopg

from leadline_runtime.bodies import stored
from leadline_runtime.migrations import RUNTIME, migrate
from leadline_schemas import ids
from leadline_schemas.activity import Activity
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.lead import Lead
from leadline_score.app import STEP
from leadline_score.state import BodyCodec
from tests.unit.score.builders import LEAD, Desk, act, asked, at, snapshot

PARTITIONS = 12
KINDS = (
    ("page.viewed", "pricing"), ("page.viewed", None), ("page.viewed", "security"), ("content.downloaded", None),
    ("email.opened", None), ("email.clicked", None), ("webinar.attended", None), ("meeting.held", None),
    ("product.activated", None), ("email.replied", None), ("page.viewed", "careers"),
)  # fmt: skip
TITLES = ("CEO", "VP Sales", "IT Manager", "Analyst", "Student", None)
INDUSTRIES = ("logistics", "manufacturing", "retail", "healthcare", None)
COUNTRIES = ("US", "DE", "GB", "BR", None)
SIZES = (None, 5, 25, 120, 600, 1500, 8000)
BEGAN = at("01-05T08:00:00")


@dataclass(frozen=True)
class Held:
    """A lead's row: its id and its body as it was decided, its lane is the id's."""

    lead_id: UUID
    body: bytes


def desk_of(enriched: LeadEnriched, later: Iterable[Activity] = ()) -> Held:
    """The lead of the builders after a snapshot and the acts that came later."""
    desk = Desk()
    desk.snapshot(enriched)
    for each in later:
        desk.act(each)
    assert desk.state is not None
    return Held(LEAD, BodyCodec().encode(desk.state.body))


def kinds_of_leads(number: int, rng: random.Random) -> list[Held]:
    """Leads of all sorts: with one to thirty acts over three months, some of them read after the snapshot."""
    return [_kind(rng) for _ in range(number)]


def _kind(rng: random.Random) -> Held:
    times = sorted(BEGAN + timedelta(minutes=rng.randrange(90 * 1440)) for _ in range(rng.randint(1, 30)))
    acts = [_act(place, when, rng) for place, when in enumerate(times)]
    cut = rng.randint(1, len(acts))
    known = Effective(
        country=rng.choice(COUNTRIES), employees=rng.choice(SIZES), industry=rng.choice(INDUSTRIES),
        domain_class=rng.choice(("corporate", "corporate", "free")), company_domain="company.example",
    )  # fmt: skip
    lead = Lead(
        title=rng.choice(TITLES), email="person@company.example", company="Company", budget=rng.choice(("50k", None))
    )
    requests = [asked("demo", "demo_request", times[0])] if rng.random() < 0.2 else []
    return desk_of(snapshot(acts[cut - 1].received_at, lead, known, acts[:cut], requests=tuple(requests)), acts[cut:])


def _act(place: int, when: datetime, rng: random.Random) -> Activity:
    kind, tag = rng.choice(KINDS)
    return act(f"act {place}", kind, when, tag=tag, name="Integration guide", automated=rng.random() < 0.05)


def others(kinds: list[Held], number: int) -> Iterator[Held]:
    """So many leads, each of one of these kinds, under ids of their own."""
    for place in range(number):
        kind = kinds[place % len(kinds)]
        lead_id = ids.lead_id(BEGAN + place * timedelta(minutes=1), uuid5(LEAD, str(place)))
        yield Held(lead_id, kind.body.replace(str(LEAD).encode(), str(lead_id).encode()))


def put(database_url: str, schema: str, leads: Iterable[Held]) -> None:
    """Write the rows into score's tables, which are made if they are not there."""
    migrate(database_url, schema, RUNTIME + STEP.migrations)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {schema}".encode())
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY state (lead_id, lane, revision, seen, body) FROM STDIN") as copy,
        ):
            for each in leads:
                lane = ids.partition_of(ids.key_bytes(each.lead_id), PARTITIONS)
                copy.write_row((each.lead_id, lane, 1, "{}", stored(each.body)))
        connection.execute("VACUUM ANALYZE state")
