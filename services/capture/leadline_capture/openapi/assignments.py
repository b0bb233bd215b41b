"""Who has a lead: commands about its assignment, and what became of them."""

from typing import Final

from leadline_capture.edge.assignments import PREFIX, STATUS
from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.openapi.common import IDEMPOTENCY, KEY, KEYED, problems
from leadline_capture.openapi.models import Accepted, NotAppliedTold, ProblemTold
from leadline_capture.openapi.operation import JSON, PROBLEM, Answer, Content, Operation, Parameter, any_of
from leadline_schemas.commands import ASSIGNMENT_KINDS, AssignmentPayload

_WHERE: Final = {"Location": "where to ask what became of it"}
_APPLIED: Final = {"Preference-Applied": "how long was waited at most", **_WHERE}
# By verb: what it is for, and a body that fits.
EXAMPLES: Final = {
    "claim": {"author": "ana"},
    "accept": {"author": "ana", "assignment": 1},
    "decline": {"author": "ana", "reason": "wrong_territory", "assignment": 1},
    "reassign": {"author": "mia", "to": "ben", "reason": "workload"},
    "release": {"author": "ana", "reason": "vacation"},
}
_LEAD: Final = Parameter(
    "lead_id", "path", "The lead", {"type": "string", "format": "uuid"}, required=True,
    example="019cd3f0-5c00-8000-8000-000000000001",
)  # fmt: skip
_VERB: Final = Parameter(
    "verb", "path", "What is ordered", {"type": "string", "enum": list(ASSIGNMENT_KINDS)}, required=True
)
PREFER: Final = Parameter(
    "Prefer",
    "header",
    "`wait=5`: wait up to so many seconds, at most LEADLINE_EDGE_WAIT_S, and answer what became of it (RFC 7240)",
    {"type": "string"},
    example="wait=5",
)

OPERATIONS: Final = {
    (f"{PREFIX}{{lead_id}}/{{verb}}", "POST"): Operation(
        id="orderAssignment",
        summary="Claim, accept, decline, reassign or release a lead",
        description="Decided in the log like all else: of two claims at once exactly one wins. Without `Prefer: wait`"
        " the 202 means that it will be decided. Repeats with the same Idempotency-Key are answered alike.",
        tag="Assignments",
        security=(KEY,),
        parameters=(_LEAD, _VERB, IDEMPOTENCY, PREFER),
        body={JSON: Content(AssignmentPayload, EXAMPLES)},
        answers={
            200: Answer("With `Prefer: wait`: it holds", {JSON: Content(CommandStatus)}, headers=_APPLIED),
            202: Answer("Durable, and not decided yet", {JSON: Content(Accepted)}, headers=_WHERE),
            **problems(*KEYED, 404),
            409: Answer(
                "With `Prefer: wait`: refused, with who has the lead and why; or this Idempotency-Key came before with"
                " another body",
                {PROBLEM: Content(any_of(NotAppliedTold, ProblemTold))},
                headers=_WHERE,
            ),
        },
    ),
    (f"{STATUS}{{id}}", "GET"): Operation(
        id="getAssignmentCommand",
        summary="Ask what became of a command about an assignment",
        description="For 7 days, to keys with the source of the command, and to `admin`.",
        tag="Assignments",
        security=(KEY,),
        parameters=(
            Parameter(
                "id", "path", "As the 202 told it", {"type": "string", "format": "uuid"}, required=True,
                example="0e5c6d1f-7d55-4a8e-9c3f-2f0a5f0f3c11",
            ),
        ),
        answers={
            200: Answer("pending, applied or refused", {JSON: Content(CommandStatus)}),
            **problems(400, 401, 403, 404, 405, 408, 417, 429, 503),
        },
    ),
}  # fmt: skip
