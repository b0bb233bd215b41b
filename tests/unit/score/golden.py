"""The golden leads as score reads them: what capture and enrich make of the inputs, by rules B1 and B2."""

from typing import Any
from uuid import UUID

from leadline_schemas.activity import Activity
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Lead
from tests.support.golden import golden_lead
from tests.unit.score.builders import act, asked, at, snapshot

KINDS: dict[str, dict[str, Any]] = {
    "pricing_page": {"kind": "page.viewed", "tag": "pricing"},
    "gated_download": {"kind": "content.downloaded"},
    "email_click": {"kind": "email.clicked"},
    "email_open": {"kind": "email.opened"},
    "webinar_registered": {"kind": "webinar.registered"},
    "product_activated": {"kind": "product.activated"},
    "teammate_invited": {"kind": "product.teammate_invited"},
}
SUBMITTED = {
    "content_download": "content.downloaded",
    "webinar_attended": "webinar.attended",
    "outbound": "list.added",
}
TIMELINES = {"this quarter": 3}
FREE = frozenset({"gmail.com"})


def event_id(name: str) -> UUID:
    """The id that an event of the file has in these tests."""
    return derived_id("test", name)


def activity(given: dict[str, Any]) -> Activity:
    """An activity of the file, as capture writes it."""
    when = at(given.get("at") or given["occurred_at"])
    meant = KINDS[given["kind"]]
    return act(
        given["id"], meant["kind"], when, tag=meant.get("tag"), automated=given.get("automated", False)
    )  # fmt: skip


def submitted(lead: str, name: str) -> tuple[Activity, dict[str, Any]]:
    """The act that a lead's submission is, under the name it has in the expected contributions; and the submission."""
    given = golden_lead(lead)["input"]["submission"]
    when = at(given["occurred_at"])
    kind = SUBMITTED.get(given["type"], "form.submitted")
    title = given["source_detail"].replace("-", " ")
    return act(name, kind, when, request_type=given["type"], name=title), given


def golden_snapshot(lead: str, name: str, person: str | None = None, **more: Any) -> LeadEnriched:
    """The golden lead's snapshot. `name` is its submission's act; `person`: whose particulars (a merged duplicate)."""
    submission_act, given = submitted(lead, name)
    whole = golden_lead(person or lead)["input"]
    told = whole["submission"]
    received = at(given.get("received_at", given["occurred_at"]))
    before = [activity(each) for key in ("anonymous_events_before", "activities_before") for each in whole.get(key, ())]
    domain = told["email"].rpartition("@")[2]
    firm = whole.get("provider", {}).get(domain, {})
    request = asked(name, given["type"], submission_act.occurred_at, received_at=received)
    return snapshot(
        received,
        Lead(
            name=told["name"],
            title=told.get("title"),
            email=told["email"],
            company=told.get("company"),
            country=told.get("country"),
            state=told.get("state"),
            budget=told.get("budget"),
            timeline_months=TIMELINES.get(told.get("timeline", "")),
            type=told["type"],
            source=told["source"],
        ),
        Effective(
            country=told.get("country"),
            state=told.get("state"),
            employees=firm.get("employees"),
            industry=firm.get("industry"),
            domain_class="free" if domain in FREE else "corporate",
            company_domain=None if domain in FREE else domain,
        ),
        [*before, *more.pop("earlier", ()), submission_act],
        requests=(*more.pop("requests_before", ()), request),
        **more,
    )
