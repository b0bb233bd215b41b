"""POST /v1/leads: one lead."""

from aiohttp import web

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, accepted_answer, checked, json_body
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.submission import named_by_key, own_payload, owner_of, submission_id, trace_of
from leadline_schemas.payloads import LeadPayload


async def post_lead(call: Call) -> web.Response:
    """202 with the submission's id once Kafka has it. Raises Problem."""
    key = authorized(call, "leads:write")
    raw, value = await json_body(call, call.door.settings.edge_lead_bytes)
    try:
        lead = checked(LeadPayload, value)
    except Invalid as invalid:
        raise invalid.problem() from None
    named = await named_by_key(call, key, raw)
    submission = submission_id(named, owner_of(LeadPayload, key), lead.id)
    received = own_payload(call, key, submission, raw, lead)
    await take_in(call, received, trace_of(call.request, submission))
    return accepted_answer(submission)
