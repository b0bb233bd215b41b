"""POST /v1/consents: one statement about consent with its evidence, or several as {"consents": [...]}."""

from aiohttp import web

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.batch import answer_items
from leadline_capture.edge.bodies import Invalid, accepted_answer, checked, json_body
from leadline_capture.edge.consent_checks import may_be_said
from leadline_capture.edge.consent_links import links_of
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.limits import too_large
from leadline_capture.edge.submission import named_by_key, own_payload, owner_of, submission_id, trace_of
from leadline_schemas.payloads import ConsentSubmission


async def post_consents(call: Call) -> web.Response:
    """202 once Kafka has it; a list is answered item by item. Raises Problem."""
    key = authorized(call, "consents:write")
    settings = call.door.settings
    raw, value = await json_body(call, settings.edge_batch_bytes)
    if isinstance(value, dict) and set(value) == {"consents"}:
        return await answer_items(call, key, raw, value["consents"], ConsentSubmission)
    if len(raw) > settings.edge_lead_bytes:
        raise too_large(settings.edge_lead_bytes)
    try:
        said = checked(ConsentSubmission, value)
        may_be_said(said, key)
    except Invalid as invalid:
        raise invalid.problem() from None
    named = await named_by_key(call, key, raw)
    submission = submission_id(named, owner_of(ConsentSubmission, key), said.id)
    received = own_payload(call, key, submission, raw, said)
    await take_in(call, received, trace_of(call.request, submission))
    return accepted_answer(submission, **links_of(call, received))
