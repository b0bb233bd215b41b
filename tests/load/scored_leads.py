"""Leads to be judged: what somebody in fact does before they buy, with all that says nothing. The seed decides who."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from leadline_schemas import ids
from leadline_schemas.activity import Activity, Actor, LeadActivity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.lead import Lead, Request
from leadline_score.core.known import known
from leadline_score.core.scorecard import Evidence

START = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
DAYS = 60
END = START + timedelta(days=DAYS + 4)
LEAD, MACHINE, SELLER = Actor(kind="lead"), Actor(kind="automation"), Actor(kind="person", id="ana")
TITLES = ("CEO", "VP Sales", "Head of Logistics", "Operations Analyst", "Growth Manager", "Student", None)
INDUSTRIES = ("logistics", "manufacturing", "retail", "software", "mining", None)
ASKED = ("demo_request", "contact_sales", "pricing_inquiry")
_RULES = RulesRef(version="bench", digest="bench")


def lead_of(rng: random.Random) -> tuple[Lead, Effective]:
    """Who somebody is; most of it is known of half of them."""
    employees = rng.choice([None, rng.randrange(1, 9000), rng.randrange(1, 300)])
    country = rng.choice(["US", "DE", "GB", "FR", "BR"])
    lead = Lead(
        name="Ann Lee", email=f"ann{rng.randrange(10**6)}@bayfreight.example", company="Bay Freight Inc.",
        title=rng.choice(TITLES), country=country, timeline_months=rng.choice([None, 2, 12]), source="website_form",
    )  # fmt: skip
    found = Effective(
        country=country, employees=employees, industry=rng.choice(INDUSTRIES),
        domain_class=rng.choice(["corporate", "corporate", "free"]),
    )  # fmt: skip
    return lead, found


def acts_of(rng: random.Random, origin: UUID, number: int, start: datetime = START) -> list[Activity]:
    """So many acts of two months, in the order in which they came to mind: visits, mails and what came of them."""
    acts: list[Activity] = []
    while len(acts) < number:
        when = start + timedelta(seconds=rng.randrange(DAYS * 86_400), milliseconds=rng.randrange(1000))
        acts += [_act(rng, origin, *each) for each in _episode(rng, when)]
    rng.shuffle(acts)
    return acts[:number]


def _act(rng: random.Random, origin: UUID, kind: str, when: datetime, more: dict[str, Any]) -> Activity:
    given = {"direction": "in", "actor": LEAD, **more}
    return Activity.model_validate(
        {"id": UUID(int=rng.getrandbits(128)), "origin": origin, "kind": kind, "occurred_at": when,
         "received_at": when, **given}
    )  # fmt: skip


def _episode(rng: random.Random, when: datetime) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    what = rng.random()
    if what < 0.55:
        for page in range(rng.randint(2, 5)):
            tag = rng.choices([None, "pricing", "security", "careers"], [70, 20, 9, 1])[0]
            yield "page.viewed", when + timedelta(seconds=70 * page), {"tag": tag}
    elif what < 0.80:
        yield "email.sent", when, {"direction": "out", "actor": MACHINE, "automated": True}
        yield "email.delivered", when + timedelta(seconds=3), {"automated": True}
        if rng.random() < 0.6:
            yield "email.opened", when + timedelta(seconds=600), {"automated": rng.random() < 0.5}
            if rng.random() < 0.4:
                yield "email.clicked", when + timedelta(seconds=630), {}
    elif what < 0.87:
        yield "content.downloaded", when, {"name": "integration-guide"}
    elif what < 0.92:
        yield "webinar.registered", when, {}
        if rng.random() < 0.5:
            yield "webinar.attended", when + timedelta(days=3), {}
    elif what < 0.97:
        yield "call.attempted", when, {"direction": "out", "actor": SELLER}
    else:
        yield "form.submitted", when, {"request_type": rng.choice(ASKED)}


def evidence(rng: random.Random, number: int) -> Evidence:
    """A lead with so many acts, as a judgement sees it."""
    told = enriched(rng, 0, acts_of(rng, UUID(int=1), number))
    return Evidence(known(told), told.captured.acts, told.captured.requests)


def enriched(rng: random.Random, n: int, acts: list[Activity] | None = None, end: datetime = END) -> LeadEnriched:
    """A lead as enrich tells it at `end`, with three acts of the two months before unless others are given."""
    submission = UUID(int=rng.getrandbits(128))
    at = end + timedelta(milliseconds=n)
    lead_id = ids.lead_id(at, submission)
    held = acts_of(rng, lead_id, 3, end - (END - START)) if acts is None else acts
    basis = Basis(decided_at=at, rules=_RULES, code="bench", cause=submission, cause_kind="record")
    requests = tuple(
        Request(id=a.id, type=a.request_type, start=a.occurred_at, received_at=a.received_at, origin=a.origin)
        for a in held if a.request_type is not None
    )  # fmt: skip
    lead, found = lead_of(rng)
    captured = LeadCaptured(
        lead_id=lead_id, revision=1, basis=basis, outcome="created", received_at=at, lead=lead, acts=tuple(held),
        requests=requests,
    )  # fmt: skip
    return LeadEnriched(
        lead_id=lead_id, revision=1, basis=basis, facts={}, effective=found, complete=True, captured=captured
    )


def activity(rng: random.Random, lead_id: UUID, n: int, after: datetime = END + timedelta(days=1)) -> LeadActivity:
    """One more act of a lead, after all others."""
    at = after + timedelta(milliseconds=n)
    kind, tag = rng.choice([("page.viewed", "pricing"), ("email.clicked", None), ("content.downloaded", None)])
    act = _act(rng, lead_id, kind, at, {"tag": tag})
    basis = Basis(decided_at=at, rules=_RULES, code="bench", cause=act.id, cause_kind="record")
    return LeadActivity(lead_id=lead_id, revision=1, basis=basis, activity=act)
