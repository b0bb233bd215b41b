"""POST /v1/consents: one statement about consent with its evidence, or several as {"consents": [...]}."""

from aiohttp import web

from leadline_capture.edge.door import Call
from leadline_capture.edge.single import answer_one_or_many
from leadline_schemas.payloads import ConsentSubmission


async def post_consents(call: Call) -> web.Response:
    """202 once it is durable; a list is answered item by item. Raises Problem."""
    return await answer_one_or_many(call, "consents:write", "consents", ConsentSubmission)
