"""Route's own tables as a command reads them: balances and loads, where a lead stands. Nothing is changed."""

from collections.abc import Awaitable, Callable
from struct import error as StructError
from typing import TypeVar
from uuid import UUID

from leadline_route import store
from leadline_route.app import STEP
from leadline_route.core.roster import Counts, Load
from leadline_route.state import Body, BodyCodec
from leadline_runtime.bodies import restored
from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.sql import Sql
from leadline_schemas.codec import Undecodable

T = TypeVar("T")
ANSWER_S = 30.0
_MEMBERS, _POOLS = (each.partition(" WHERE ")[0] for each in (store.READ_MEMBERS, store.READ_POOLS))
_ONE = "SELECT body FROM state WHERE lead_id = %b::uuid"
_CODEC = BodyCodec()


def with_tables(work: Callable[[Sql], Awaitable[T]]) -> T:
    """Do some work on route's schema. Raises CommandError."""

    async def done(sql: Sql) -> T:
        if (await sql.fetch("SELECT to_regclass('member')::text"))[0][0] is None:
            raise CommandError("This database holds nothing of route yet: the service has never run on it.", NOT_FOUND)
        return await work(sql)

    return with_schema(STEP.schema, done, timeout_s=ANSWER_S)


async def roster_rows(sql: Sql) -> tuple[dict[str, Load], dict[str, Counts]]:
    """The rows of all members and of all pools, as of one instant each."""
    members, pools = await sql.run((_MEMBERS, ()), (_POOLS, ()))
    return dict(map(store.load_of, members)), dict(map(store.counts_of, pools))


async def body_of(sql: Sql, lead_id: UUID) -> Body | None:
    """Where the lead stands; None if route has never heard of it. Raises CommandError for a broken row."""
    rows = await sql.fetch(_ONE, (lead_id,))
    if not rows:
        return None
    found = decoded(bytes(rows[0][0]))
    if found is None:
        raise CommandError(f"What route holds of lead {lead_id} cannot be read.", NOT_FOUND)
    return found


def decoded(stored: bytes) -> Body | None:
    """A body as it is stored; None if it cannot be read."""
    try:
        return _CODEC.decode(restored(stored))
    except (Undecodable, StructError):
        return None
