"""Leads and activities in our own form, and what became of them."""

from typing import Final

from leadline_capture.edge.submissions import SubmissionStatus
from leadline_capture.openapi.common import (
    ACCEPTED,
    ASKED,
    BATCH,
    BATCH_REFUSED,
    IDEMPOTENCY,
    KEY,
    KEYED,
    TOLD_ID,
    problems,
)
from leadline_capture.openapi.models import Accepted, BatchAnswer
from leadline_capture.openapi.operation import (
    JSON,
    Answer,
    Content,
    Operation,
    any_of,
    listed,
    reference,
    several,
)
from leadline_schemas.payloads import ActivityPayload, LeadPayload

DEMO: Final = {
    "id": "form-81516",
    "type": "demo_request",
    "source": "website_form",
    "name": "Ada Example",
    "email": "ada@works.example",
    "phone": "+1 212 555 0142",
    "company": "Works Ltd",
    "country": "US",
    "message": "We would like to see it next week.",
    "marketing_checkbox": True,
    "attribution": {"utm_source": "news", "utm_medium": "email", "landing_page": "https://acme.example/demo"},
}
OLD: Final = {
    "email": "grace@works.example",
    "type": "newsletter",
    "occurred_at": "2024-05-02T08:00:00Z",
    "historical": True,
}
VIEW: Final = {
    "id": "visit-3",
    "kind": "page.viewed",
    "email": "ada@works.example",
    "tag": "pricing",
    "occurred_at": "2026-03-10T09:31:00Z",
}
CALL: Final = {"kind": "call.connected", "phone": "+12125550142", "actor": {"kind": "person", "id": "ana"}}

OPERATIONS: Final = {
    ("/v1/leads", "POST"): Operation(
        id="sendLead",
        summary="Send a lead",
        description="Nothing is required: what is missing is listed with the lead, not refused."
        " `historical: true` starts no clock.",
        tag="Leads",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={JSON: Content(LeadPayload, {"a demo request": DEMO, "one of long ago": OLD})},
        answers={202: ACCEPTED, **problems(*KEYED)},
    ),
    ("/v1/leads/batch", "POST"): Operation(
        id="sendLeads",
        summary="Send up to 1,000 leads",
        description="Each is checked and answered by itself.",
        tag="Leads",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={
            JSON: Content(
                {"anyOf": [several("leads", LeadPayload), listed(LeadPayload)]}, {"two leads": {"leads": [DEMO, OLD]}}
            )
        },
        answers={**BATCH, **problems(*KEYED), **BATCH_REFUSED},
    ),
    ("/v1/activities", "POST"): Operation(
        id="sendActivities",
        summary="Send what a lead did, or what was done towards it",
        description="Whose it is: any one of `lead_id`, `external_id`, `email`, `phone`, `user_id`, `anonymous_id`. Of"
        " nobody known yet it waits for 90 days.",
        tag="Leads",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={
            JSON: Content(
                {"anyOf": [reference(ActivityPayload), several("activities", ActivityPayload)]},
                {"one": VIEW, "several": {"activities": [VIEW, CALL]}},
            )
        },
        answers={
            202: Answer(
                "Durable; of several, all of them",
                {JSON: Content(any_of(Accepted, BatchAnswer))},
                headers={"Location": "of one: where to ask what became of it"},
            ),
            207: BATCH[207],
            **problems(*KEYED),
            **BATCH_REFUSED,
        },
    ),
    ("/v1/submissions/{id}", "GET"): Operation(
        id="getSubmission",
        summary="Ask what became of a submission",
        description="Answered to keys with the source of the submission, and to `admin`. It tells nothing of people.",
        tag="Leads",
        security=(KEY,),
        parameters=(TOLD_ID,),
        answers={200: Answer("It was decided", {JSON: Content(SubmissionStatus)}), **ASKED},
    ),
}  # fmt: skip
