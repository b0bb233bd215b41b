"""POST /v1/activities: one act of a lead or towards it, or several as {"activities": [...]}."""

from aiohttp import web

from leadline_capture.edge.door import Call
from leadline_capture.edge.single import answer_one_or_many
from leadline_schemas.payloads import ActivityPayload


async def post_activities(call: Call) -> web.Response:
    """202 once it is durable; a list is answered item by item. Raises Problem."""
    return await answer_one_or_many(call, "leads:write", "activities", ActivityPayload)
