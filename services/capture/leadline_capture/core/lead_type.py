"""The type of a lead among several requests, and the act that a request is (rules B1.1)."""

from collections.abc import Sequence
from datetime import timedelta

from leadline_schemas.lead import Request
from leadline_schemas.vocabulary import LEAD_TYPES, ActivityKind, LeadType

_STRENGTH = {each: rank for rank, each in enumerate(LEAD_TYPES)}
_KINDS: dict[str, ActivityKind] = {
    "content_download": "content.downloaded",
    "webinar_attended": "webinar.attended",
    "event_attended": "event.attended",
    "chat": "chat.message",
    "inbound_call": "call.inbound_answered",
    "outbound": "list.added",
}


def lead_type(requests: Sequence[Request], window: timedelta) -> LeadType:
    """The strongest type asked for within `window` before the newest request: older wishes are history."""
    if not requests:
        return "other"
    newest = max(request.start for request in requests)
    return min((r.type for r in requests if r.start >= newest - window), key=_STRENGTH.__getitem__)


def kind_of_act(type_: LeadType, missed_call: bool) -> ActivityKind:
    """The activity that a submission of this type is."""
    if type_ == "inbound_call" and missed_call:
        return "call.missed"
    return _KINDS.get(type_, "form.submitted")
