"""One lead's clocks, read from the log and shown."""

import asyncio
import json
from uuid import UUID

from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_log import kept_log
from leadline_runtime.command_terminal import terminal
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.sla_commands.clock_of_database import pipeline_now
from leadline_sla_monitor.sla_commands.clocks import clocks_of
from leadline_sla_monitor.sla_commands.show_view import data, draw


def show(lead_id: UUID, kafka: str | None, *, as_json: bool) -> None:
    """Print it. Raises CommandError."""
    clocks = clocks_of(asyncio.run(_events(lead_id, kafka)))
    if not clocks:
        raise CommandError(
            f"Nothing was ever promised to a lead {lead_id}; `leadline explain` tells what else is known of it.",
            NOT_FOUND,
        )
    now = pipeline_now()
    if as_json:
        print(json.dumps(data(lead_id, clocks, now), indent=2, ensure_ascii=False))
    else:
        draw(lead_id, clocks, now, terminal())


async def _events(lead_id: UUID, kafka: str | None) -> list[LeadSla]:
    async with kept_log(LEAD_SLA.name, kafka) as log:
        records = await log.of_lead(lead_id)
    found = list[LeadSla]()
    for record in records:
        try:
            found.append(decode(LEAD_SLA, record.value or b""))
        except Undecodable:
            continue  # a newer writer's kind of event: what it does not change can be told all the same
    return found
