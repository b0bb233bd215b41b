"""The time by which promises are judged: the pipeline's, as its database tells it."""

from datetime import UTC, datetime

from leadline_runtime.clock import NOW
from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import CommandError
from leadline_runtime.sql import NotReadable, Sql
from leadline_sla_monitor.app import STEP


def pipeline_now() -> datetime:
    """Now; by this machine's clock where no database tells."""

    async def asked(sql: Sql) -> datetime:
        ((now,),) = await sql.fetch(f"SELECT {NOW}")
        found: datetime = now
        return found.astimezone(UTC)

    try:
        return with_schema(STEP.schema, asked)
    except (CommandError, NotReadable):
        return datetime.now(UTC)
