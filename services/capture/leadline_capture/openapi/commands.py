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

_OVERRIDE: Final = {
    "kind": "score.override",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000004",
    "author": "ana",
    "reason": "met the owner at the fair: they buy this year",
    "override": {"target": "fit", "value": 50, "expires_at": "2026-04-30T00:00:00Z"},
}
_LIFTED: Final = {
    **_OVERRIDE,
    "reason": "the competitor is a partner now",
    "override": {"target": "veto", "veto": "competitor", "value": False, "expires_at": "2026-04-30T00:00:00Z"},
}
_CLEARED: Final = {**_OVERRIDE, "reason": "they buy next year", "override": {"target": "fit", "clear": True}}
_APPLIED: Final = {
    "kind": "calendar.apply",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000005",
    "author": "ana",
    "reason": "the holiday of 6 July was forgotten",
    "calendars": {"version": "2026-07-01", "digest": "5f0c2a9d41b7e683"},
}

_PAUSED: Final = {
    "kind": "sla.pause",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000006",
    "author": "ana",
    "reason": "in a meeting until three, wants to be called then",
    "pause": {"reason": "call_me_after", "until": "2026-03-10T19:00:00Z"},
}
_RESUMED: Final = {
    "kind": "sla.resume",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000006",
    "author": "ana",
    "reason": "the meeting is over",
}
_REJECTED: Final = {
    "kind": "stage.change",
    "lead_id": "019cd3f0-5c00-8000-8000-000000000006",
    "author": "ana",
    "reason": "their budget is settled in autumn",
    "stage": {"to": "nurture", "reason": "not_ready"},
}

OPERATIONS: Final = {
    (COMMANDS, "POST"): Operation(
        id="sendCommand",
        summary="Merge, take apart or release leads; override a score; change a stage; move or stop deadlines",
        description="Decided in the log like all else, so 202 means that it will be decided, not that it was legal."
        " `score.override` sets fit, intent (0 to 100 points), a veto or MQL (true, false) in place of what is"
        " computed, for 90 days at most; a later one of the same target replaces it, `clear: true` ends it."
        " `calendar.apply` counts the lead's open deadlines by the calendars of this digest, as soon as the monitor has"
        " loaded them; `leadline calendar diff --apply` sends it for every lead that it concerns."
        " `sla.pause` lets the lead's promises stand still for a reason of sla.yaml until an end; what the monitor made"
        " of it is told on lead.sla: paused with the due time it moved to, or pause_refused with why; `sla.resume` lets"
        " them run again."
        " `stage.change` brings the lead into a stage, if that is legal from where it is: what became of it is told on"
        " `lead.stage`.",
        tag="Leads",
        security=(KEY,),
        parameters=(IDEMPOTENCY,),
        body={
            JSON: Content(
                CommandPayload,
                {
                    "merge two leads": _MERGE,
                    "release from quarantine": _RELEASE,
                    "set fit": _OVERRIDE,
                    "lift a veto": _LIFTED,
                    "let the computed fit count again": _CLEARED,
                    "move open deadlines to published calendars": _APPLIED,
                    "let promises stand still": _PAUSED,
                    "let them run again": _RESUMED,
                    "reject a lead": _REJECTED,
                },
            )
        },
        answers={202: ACCEPTED, **problems(*KEYED)},
    )
}
