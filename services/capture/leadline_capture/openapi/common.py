"""Answers and parameters that many operations share."""

from collections.abc import Mapping
from typing import Final

from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.openapi.models import Accepted, BatchAnswer, NotAppliedTold, ProblemTold
from leadline_capture.openapi.operation import JSON, PROBLEM, Answer, Content, Parameter, any_of

_SAID: Final[Mapping[int, str]] = {
    400: "Not readable as what it says it is, a header that counts came twice, or no HTTP",
    401: "No live key, or the signature or token is not the one of this source",
    403: "The key may not do this",
    404: "There is nothing of this name",
    405: "Another method is meant: see Allow",
    408: "The request did not arrive whole within 10 s",
    409: "This Idempotency-Key came before with another body",
    413: "Beyond the limit: 64 KiB a lead, 1 MiB a batch, counted as it inflates",
    415: "A media type, charset or compression that is not taken here",
    417: "The only expectation that can be met is 100-continue",
    422: "Does not fit the schema; every fault is named",
    429: "Too many requests: see Retry-After",
    431: "The headers take more than 32 KiB in all",
    503: "Nothing was promised: send it again after Retry-After",
}
_LIMITS: Final = {
    "Retry-After": "seconds",
    "RateLimit-Policy": '"key" or "address"; q: requests at once; w: seconds until all are there again',
    "RateLimit": '"key" or "address"; r: requests left; t: seconds until all are there again',
}
_WAITS: Final = {429: _LIMITS, 503: {"Retry-After": "seconds"}, 405: {"Allow": "methods"}}


def problems(*statuses: int) -> dict[int, Answer]:
    """The answers that refuse with these statuses, and with what any request may be told."""
    return {
        status: Answer(_SAID[status], {PROBLEM: Content(ProblemTold)}, headers=_WAITS.get(status, {}))
        for status in dict.fromkeys((*statuses, 431))
    }


# What any request with a body may be told.
BODY: Final = (400, 405, 408, 413, 415, 417, 429, 503)
KEYED: Final = (*BODY, 401, 403, 409, 422)
ACCEPTED: Final = Answer(
    "Durable: it will not be lost", {JSON: Content(Accepted)}, headers={"Location": "where to ask what became of it"}
)
BATCH: Final = {
    202: Answer("All are durable", {JSON: Content(BatchAnswer)}),
    207: Answer("Some are durable; each item says for itself", {JSON: Content(BatchAnswer)}),
}
# The whole can be refused, or each of its items.
BATCH_REFUSED: Final = {
    422: Answer(
        "None can be taken, each item says why; or no such list",
        {JSON: Content(BatchAnswer), PROBLEM: Content(ProblemTold)},
    ),
    503: Answer(
        "None could be stored: send it again after Retry-After",
        {JSON: Content(BatchAnswer), PROBLEM: Content(ProblemTold)},
        headers={"Retry-After": "seconds"},
    ),
}
IDEMPOTENCY: Final = Parameter(
    "Idempotency-Key",
    "header",
    "The same key with the same body is the same submission, with another body it is refused",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    example="order-4711",
)
KEY: Final = "key"
# What is asked by an id that was told before: what became of a submission, an import, a command.
TOLD_ID: Final = Parameter(
    "id", "path", "As the 202 told it", {"type": "string", "format": "uuid"}, required=True,
    example="0e5c6d1f-7d55-4a8e-9c3f-2f0a5f0f3c11",
)  # fmt: skip
ASKED: Final = problems(400, 401, 403, 404, 405, 408, 417, 429, 503)
# Commands that are decided in the log: their sender may wait for the outcome.
PREFER: Final = Parameter(
    "Prefer",
    "header",
    "`wait=5`: wait up to so many seconds, at most LEADLINE_EDGE_WAIT_S, and answer what became of it (RFC 7240)",
    {"type": "string"},
    example="wait=5",
)
_WHERE: Final = {"Location": "where to ask what became of it"}


def ordered(holds: str, refused: str) -> dict[int, Answer]:
    """The answers to such a command: what a 200 means, and how a 409 refuses it."""
    waited = {"Preference-Applied": "how long was waited at most", **_WHERE}
    return {
        200: Answer(f"With `Prefer: wait`: {holds}", {JSON: Content(CommandStatus)}, headers=waited),
        202: Answer("Durable, and not decided yet", {JSON: Content(Accepted)}, headers=_WHERE),
        **problems(*KEYED, 404),
        409: Answer(
            f"With `Prefer: wait`: refused, {refused}; or this Idempotency-Key came before with another body",
            {PROBLEM: Content(any_of(NotAppliedTold, ProblemTold))},
            headers=_WHERE,
        ),
    }
