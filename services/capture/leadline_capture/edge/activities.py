"""POST /v1/activities: one act of a lead or towards it, or several as {"activities": [...]}."""

from aiohttp import web

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.batch import answer_items
from leadline_capture.edge.bodies import Invalid, accepted_answer, checked, json_body
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.limits import too_large
from leadline_capture.edge.submission import named_by_key, own_payload, owner_of, submission_id, trace_of
from leadline_schemas.payloads import ActivityPayload


async def post_activities(call: Call) -> web.Response:
    """202 once Kafka has it; a list is answered item by item. Raises Problem."""
    key = authorized(call, "leads:write")
    settings = call.door.settings
    raw, value = await json_body(call, settings.edge_batch_bytes)
    if isinstance(value, dict) and set(value) == {"activities"}:
        return await answer_items(call, key, raw, value["activities"], ActivityPayload)
    if len(raw) > settings.edge_lead_bytes:
        raise too_large(settings.edge_lead_bytes)
    try:
        activity = checked(ActivityPayload, value)
    except Invalid as invalid:
        raise invalid.problem() from None
    named = await named_by_key(call, key, raw)
    submission = submission_id(named, owner_of(ActivityPayload, key), activity.id)
    received = own_payload(call, key, submission, raw, activity)
    await take_in(call, received, trace_of(call.request, submission))
    return accepted_answer(submission)
