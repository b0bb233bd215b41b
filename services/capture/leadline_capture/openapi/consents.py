"""Consents and their links."""

from typing import Final

from leadline_capture.edge.consent_links import CONFIRM, UNSUBSCRIBE
from leadline_capture.openapi.common import BATCH, BATCH_REFUSED, IDEMPOTENCY, KEY, KEYED, problems
from leadline_capture.openapi.models import BatchAnswer, ConsentAccepted, LinkAnswer, LinksAnswer, ProblemTold
from leadline_capture.openapi.operation import (
    HTML,
    JSON,
    PROBLEM,
    Answer,
    Content,
    Operation,
    Parameter,
    any_of,
    reference,
    several,
)
from leadline_schemas.payloads import ConsentLinkPayload, ConsentSubmission

PENDING: Final = {
    "email": "ada@works.example",
    "purpose": "marketing",
    "channel": "email",
    "state": "pending",
    "text_version": "newsletter-7",
    "evidence": "form at https://acme.example/news",
}
WITHDRAWN: Final = {"email": "grace@works.example", "purpose": "marketing", "state": "withdrawn"}
_PAGE: Final = {HTML: Content({"type": "string"})}
_TOKEN: Final = Parameter(
    "token", "query", "Of a link that was given", {"type": "string"}, required=True, example="tHiSiSnOtOnE"
)
_SEEN: Final = {
    200: Answer("A page", _PAGE),
    404: Answer("The link is not whole", _PAGE),
    410: Answer("The link is too old", _PAGE),
    **problems(400, 405, 408, 417, 429),
    503: Answer(
        "Not now: see Retry-After", {**_PAGE, PROBLEM: Content(ProblemTold)}, headers={"Retry-After": "seconds"}
    ),
}
_PRESSED: Final = {**_SEEN, **problems(413, 415)}
_CLICK: Final = {
    "application/x-www-form-urlencoded": Content(
        {"type": "object", "properties": {"List-Unsubscribe": {"type": "string"}}},
        {"one click": {"List-Unsubscribe": "One-Click"}},
    )
}

OPERATIONS: Final = {
    ("/v1/consents", "POST"): Operation(
        id="sendConsents",
        summary="Tell what people said about consent",
        description="One statement, or several. A grant speaks for one address; a withdrawal for every address of its"
        " channel. See docs/consents.md for double opt-in.",
        tag="Consents",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={
            JSON: Content(
                {"anyOf": [reference(ConsentSubmission), several("consents", ConsentSubmission)]},
                {"double opt-in begins": PENDING, "several": {"consents": [PENDING, WITHDRAWN]}},
            )
        },
        answers={
            202: Answer(
                "Durable; of several, all of them",
                {JSON: Content(any_of(ConsentAccepted, BatchAnswer))},
                headers={"Location": "of one: where to ask what became of it"},
            ),
            207: BATCH[207],
            **problems(*KEYED),
            **BATCH_REFUSED,
        },
    ),
    ("/v1/consents/links", "POST"): Operation(
        id="makeUnsubscribeLinks",
        summary="Get links to unsubscribe by",
        description="Stores nothing; the same question has the same answer.",
        tag="Consents",
        security=(KEY,),
        body={
            JSON: Content(
                {"anyOf": [reference(ConsentLinkPayload), several("links", ConsentLinkPayload)]},
                {"one": {"email": "ada@works.example"}, "several": {"links": [{"email": "ada@works.example"}]}},
            )
        },
        answers={
            200: Answer("The link, or one answer per item", {JSON: Content(any_of(LinkAnswer, LinksAnswer))}),
            **problems(*(each for each in KEYED if each != 409)),
        },
    ),
    (CONFIRM, "GET"): Operation(
        id="askToConfirm",
        summary="A page whose button grants consent",
        description="Opening it grants nothing: filters of mail open every link.",
        tag="Consents",
        parameters=(_TOKEN,),
        answers=_SEEN,
    ),
    (CONFIRM, "POST"): Operation(
        id="confirm",
        summary="Grant consent",
        description="However often, it is one submission.",
        tag="Consents",
        parameters=(_TOKEN,),
        body={"application/x-www-form-urlencoded": Content({"type": "object"})},
        body_required=False,
        answers=_PRESSED,
    ),
    (UNSUBSCRIBE, "GET"): Operation(
        id="askToUnsubscribe",
        summary="A page whose button withdraws consent",
        tag="Consents",
        parameters=(_TOKEN,),
        answers=_SEEN,
    ),
    (UNSUBSCRIBE, "POST"): Operation(
        id="unsubscribe",
        summary="Withdraw consent with one click (RFC 8058)",
        tag="Consents",
        parameters=(_TOKEN,),
        body=_CLICK,
        body_required=False,
        answers=_PRESSED,
    ),
}
