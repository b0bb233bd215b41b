"""POST /v1/leads: one lead."""

from aiohttp import web

from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import json_body
from leadline_capture.edge.door import Call
from leadline_capture.edge.keys import CANARY
from leadline_capture.edge.single import answer_one
from leadline_schemas.payloads import LeadPayload


async def post_lead(call: Call) -> web.Response:
    """202 with the submission's id once it is durable. Raises Problem."""
    key = authorized(call, "leads:write", CANARY)
    raw, value = await json_body(call, call.door.settings.edge_lead_bytes)
    return await answer_one(call, key, raw, value, LeadPayload)
