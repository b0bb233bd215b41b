"""Who has a lead: commands about its assignment, and what became of them."""

from typing import Final

from leadline_capture.edge.assignments import PREFIX, STATUS
from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.openapi.common import ASKED, IDEMPOTENCY, KEY, PREFER, TOLD_ID, ordered
from leadline_capture.openapi.operation import JSON, Answer, Content, Operation, Parameter
from leadline_schemas.commands import ASSIGNMENT_KINDS, AssignmentPayload

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
        answers=ordered("it holds", "with who has the lead and why"),
    ),
    (f"{STATUS}{{id}}", "GET"): Operation(
        id="getAssignmentCommand",
        summary="Ask what became of a command about an assignment",
        description="For 7 days, to keys with the source of the command, and to `admin`.",
        tag="Assignments",
        security=(KEY,),
        parameters=(TOLD_ID,),
        answers={200: Answer("pending, applied or refused", {JSON: Content(CommandStatus)}), **ASKED},
    ),
}  # fmt: skip
