"""What a person orders about leads."""

from typing import Final

from leadline_capture.edge.commands import COMMANDS
from leadline_capture.openapi.common import ACCEPTED, IDEMPOTENCY, KEY, KEYED, problems
from leadline_capture.openapi.operation import JSON, Content, Operation
from leadline_schemas.commands import CommandPayload

_MERGE: Final = {
    "id": "review-12",
    "kind": "lead.merge",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000001",
    "duplicate_id": "019cd3f0-5c00-8000-8000-000000000002",
    "author": "ana",
    "reason": "the same person, by phone",
}
_RELEASE: Final = {
    "kind": "lead.release",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000003",
    "author": "ana",
    "reason": "no spam: a customer of ours",
}

OPERATIONS: Final = {
    (COMMANDS, "POST"): Operation(
        id="sendCommand",
        summary="Merge, take apart or release leads",
        description="Decided in the log like all else, so 202 means that it will be decided, not that it was legal.",
        tag="Leads",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={JSON: Content(CommandPayload, {"merge two leads": _MERGE, "release from quarantine": _RELEASE})},
        answers={202: ACCEPTED, **problems(*KEYED)},
    )
}
