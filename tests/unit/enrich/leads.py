"""Captured leads, answers and grounds for the tests of enrich."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from leadline_enrich.core.answers import NOT_FOUND, UNAVAILABLE, Answer, Gathered
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.rules import SPEC
from leadline_enrich.state import Body
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Item, Record, Timer
from leadline_runtime.rules import load_rules
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import encode
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.event import Basis, RulesRef
from leadline_schemas.ids import derived_id, lead_id
from leadline_schemas.lead import Lead
from leadline_schemas.topics import LEAD_CAPTURED
from tests.support.golden import golden, golden_lead, instant

LOADED = load_rules(SPEC)
RULES: EnrichRules = LOADED.rules
assert RULES.providers[0].table is not None
FIRMOGRAPHICS = RULES.providers[0].table
NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


def captured(at: datetime = NOW, revision: int = 1, lead: dict[str, Any] | None = None, **parts: Any) -> LeadCaptured:
    """A captured lead; `lead` are its fields, `parts` further parts of the event."""
    submission = derived_id("test", at.isoformat())
    basis = Basis(
        decided_at=at, rules=RulesRef(version="1", digest="d"), code="1", cause=submission, cause_kind="record"
    )
    return LeadCaptured(
        lead_id=parts.pop("lead_id", lead_id(at, submission)),
        revision=revision,
        basis=basis,
        outcome=parts.pop("outcome", "created"),
        received_at=at,
        lead=Lead(**(lead or {"email": "ann@acme.example"})),
        **parts,
    )


def record(event: LeadCaptured, raw: bytes | None = None) -> Record[LeadCaptured]:
    """The event as a record of Kafka."""
    value = encode(LEAD_CAPTURED, event) if raw is None else raw
    cause = derived_id("event of", event.lead_id, event.revision)
    return Record(LEAD_CAPTURED, 3, event.revision, str(event.lead_id).encode(), value, event, cause)


def golden_capture(name: str) -> LeadCaptured:
    """A golden lead as capture hands it on."""
    submission = golden_lead(name)["input"]["submission"]
    fields = ("email", "phone", "company", "country", "state", "language", "title", "name", "source", "type")
    lead = {field: submission[field] for field in fields if field in submission}
    lead["phone"] = "".join(c for c in lead["phone"] if c in "+0123456789") if "phone" in lead else None
    return captured(at=instant(submission["occurred_at"]), lead=lead)


def golden_answers(name: str, event: LeadCaptured) -> Gathered:
    """What the providers of the golden file answer."""
    domain = domain_of(event)
    said = golden_lead(name)["input"].get("provider", {}).get(domain)
    owned = next((a for a in golden()["company"]["accounts"] if a["domain"] == domain), None)
    return Gathered(
        domain=domain,
        answers={
            "firmographics": Answer(status="found", values=said) if said else NOT_FOUND,
            "accounts": Answer(status="found", values={k: owned[k] for k in ("status", "owner")})
            if owned
            else NOT_FOUND,
        },
    )


def domain_of(event: LeadCaptured) -> str | None:
    """The company domain that the shipped rules give."""
    company = company_domain(event.lead, RULES.lists, RULES.registrable)
    return company.domain if company else None


def answers(event: LeadCaptured, at: datetime | None = None, **values: Any) -> Gathered:
    """The firmographic table knows the lead's company; there is no account."""
    found = Answer(status="found", values=values, stated_at=at) if values else NOT_FOUND
    return Gathered(domain=domain_of(event), answers={"firmographics": found, "accounts": NOT_FOUND})


def silence(event: LeadCaptured) -> Gathered:
    """Nobody answers."""
    return Gathered(domain=domain_of(event), answers={"firmographics": UNAVAILABLE, "accounts": UNAVAILABLE})


def grounds(item: Item, facts: Gathered | None, at: datetime, rules: EnrichRules = RULES) -> Grounds:
    """Grounds by the shipped rules, or by others."""
    return Grounds(decided_at=at, horizon=None, rules=rules, rules_ref=LOADED.ref, code="1", item=item, facts=facts)


def alarm(lead: UUID, state: LeadState[Body]) -> Timer:
    """The lead's own alarm, as it is set."""
    assert state.timer_at is not None
    return Timer(lead, "timer", state.timer_at, state.revision)


def told(decision: Decision[Body]) -> LeadEnriched:
    """The one event of a decision."""
    (emit,) = decision.events
    assert isinstance(emit.event, LeadEnriched)
    return emit.event
