"""POST /v1/commands: what a person orders about leads: merge, unmerge, release, what is to stand in place of a computed
score, by which calendars open deadlines are to be counted, that promises stand still. Decided in the log, like all
else.
"""

from collections.abc import Iterator
from datetime import datetime

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from leadline_capture.core.faults import Fault, faults, field_names
from leadline_capture.core.orders import order_faults
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.bodies import Invalid, accepted_answer, json_body
from leadline_capture.edge.door import Call, take_in
from leadline_capture.edge.submission import named_by_key, received, submission_id, trace_of
from leadline_schemas.commands import CommandPayload
from leadline_schemas.received import Authentication

COMMANDS = "/v1/commands"
NAMES = field_names(CommandPayload)
_COMMAND = TypeAdapter(CommandPayload)


async def post_command(call: Call) -> web.Response:
    """202 once Kafka has it; what became of it tells GET /v1/submissions/{id}. Raises Problem."""
    key = authorized(call, "leads:command")
    raw, value = await json_body(call, call.door.settings.edge_lead_bytes)
    try:
        command = checked(value, call.door.clock())
    except Invalid as invalid:
        raise invalid.problem() from None
    named = await named_by_key(call, key, raw)
    submission = submission_id(named, f"{key.source}/commands", command.id)
    trusted = Authentication(method="api_key", key_id=key.id, trusted=key.trusted)
    sent = received(call, submission, raw, way="commands", source=key.source, authentication=trusted)
    await take_in(call, sent, trace_of(call.request, submission))
    return accepted_answer(submission)


def checked(value: object, now: datetime) -> CommandPayload:
    """`value` as a command. Raises Invalid naming every fault."""
    try:
        command = _COMMAND.validate_python(value, extra="forbid")
    except ValidationError as error:
        raise Invalid(faults(error, NAMES)) from None
    if found := (*_duplicate(command), *order_faults(command, now)):
        raise Invalid(found)
    return command


def _duplicate(command: CommandPayload) -> Iterator[Fault]:
    name = "duplicate_id"
    if command.kind == "lead.merge" and command.duplicate_id is None:
        yield Fault((name,), name, "is required: the lead that becomes part of the other")
    if command.kind != "lead.merge" and command.duplicate_id is not None:
        yield Fault((name,), name, f"is not a part of {command.kind}")
    elif command.duplicate_id == command.lead_id:
        yield Fault((name,), name, "must be another lead than lead_id")
