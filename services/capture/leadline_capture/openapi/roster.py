"""The roster: absences of members, and what stands of a member in place of team.yaml."""

from typing import Any, Final

from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.edge.roster import PREFIX, STATUS
from leadline_capture.openapi.common import ASKED, IDEMPOTENCY, KEY, PREFER, TOLD_ID, ordered
from leadline_capture.openapi.operation import JSON, Answer, Content, Operation, Parameter
from leadline_schemas.roster import AbsencePayload, MemberPayload

_LEAVE: Final = {"author": "mia", "from": "2026-04-06", "back": "2026-04-13", "reason": "leave"}
_AFTERNOON: Final = {**_LEAVE, "from": "2026-04-02T12:00:00-04:00", "back": "2026-04-02T18:00:00-04:00"}
_LEFT: Final = {"author": "mia", "active": False}
_SET: Final = {
    "author": "mia",
    "hours": {"mon-thu": ["09:00-15:00"]},
    "caps": {"open": 30, "day": 5},
    "weights": {"us_east": 1, "enterprise_us": 0},
}
_CLEARED: Final = {"author": "mia", "clear": ["hours", "caps"]}


def _path(name: str, description: str, schema: dict[str, Any], example: str | None = None) -> Parameter:
    return Parameter(name, "path", description, schema, required=True, example=example)


_MEMBER: Final = _path("member", "A member of team.yaml", {"type": "string"}, "ana")
_PART: Final = _path("part", "Of the member", {"type": "string", "enum": ["absences"]})
_ANSWERS: Final = ordered("it is in force", "every fault named, nothing changed")
_ID: Final = {"type": "string", "format": "uuid"}

OPERATIONS: Final = {
    (f"{PREFIX}{{member}}/{{part}}", "POST"): Operation(
        id="declareAbsence",
        summary="Declare an absence of a member",
        description="Dates are whole days in the member's own zone; `back` is when he is there again.",
        tag="Roster",
        security=(KEY,),
        parameters=(_MEMBER, _PART, IDEMPOTENCY, PREFER),
        body={JSON: Content(AbsencePayload, {"leave": _LEAVE, "an afternoon": _AFTERNOON})},
        answers=_ANSWERS,
    ),
    (f"{PREFIX}{{member}}/{{part}}/{{id}}", "DELETE"): Operation(
        id="endAbsence",
        summary="Take an absence back that was declared here",
        tag="Roster",
        security=(KEY,),
        parameters=(
            _MEMBER, _PART, _path("id", "Of the change that declared it", _ID, "0e5c6d1f-7d55-4a8e-9c3f-2f0a5f0f3c11"),
            Parameter("author", "query", "Who orders it", {"type": "string"}, required=True, example="mia"),
            IDEMPOTENCY, PREFER,
        ),
        answers=_ANSWERS,
    ),
    (f"{PREFIX}{{member}}", "PATCH"): Operation(
        id="setMember",
        summary="Set active, hours, caps or weights of a member in place of team.yaml",
        description="What is not given stays as it is; `clear` lets team.yaml count again. Rules are named by both:"
        " `basis.rules.version` ends with `+roster.<n>`.",
        tag="Roster",
        security=(KEY,),
        parameters=(_MEMBER, IDEMPOTENCY, PREFER),
        body={JSON: Content(MemberPayload, {"somebody left": _LEFT, "part-time": _SET, "as before": _CLEARED})},
        answers=_ANSWERS,
    ),
    (f"{STATUS}{{id}}", "GET"): Operation(
        id="getRosterChange",
        summary="Ask what became of a change of the roster",
        description="For 7 days, to keys with the source of the change, and to `admin`. `roster` is its number after"
        " it, as in `basis.rules.version`.",
        tag="Roster",
        security=(KEY,),
        parameters=(TOLD_ID,),
        answers={200: Answer("pending, applied or refused", {JSON: Content(CommandStatus)}), **ASKED},
    ),
}  # fmt: skip
