"""What is due next and what is overdue, from the monitor's own tables. Nothing is changed, and little is read.

The index of judgements gives the leads with open promises in the order in which they come due, lane by lane; the table
`overdue` those that wait after a broken one, `overdue_number` how many each owner has of them. So a look costs the same
whether ten thousand promises are open, and as many leads overdue, or a million: not what there is is read, but what is
shown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from leadline_runtime.bodies import restored
from leadline_runtime.clock import NOW
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql
from leadline_schemas.codec import Undecodable
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.promise import Promise
from leadline_sla_monitor.state import CODEC

FIRST, MOST = 1_000, 8_000  # leads read at a look; more only while too few of those read are asked for
SOON = timedelta(hours=1)
NOBODY = "(nobody)"
_READY = "SELECT to_regclass('overdue_number') IS NOT NULL"
_LANES = "SELECT lane FROM lane ORDER BY lane"
_OF_LANE = """(SELECT lead_id, judge_at, body FROM state WHERE lane = {lane} AND judge_at IS NOT NULL
    ORDER BY judge_at LIMIT %b::int)"""
_BY_OWNER = """SELECT owner, number, (SELECT since FROM overdue WHERE coalesce(overdue.owner, '') = each.owner
    ORDER BY since, lead_id LIMIT 1)
    FROM (SELECT owner, sum(number)::bigint AS number FROM overdue_number GROUP BY owner HAVING sum(number) > 0)
    AS each"""
_OVERDUE = """SELECT lead_id, state.body FROM overdue JOIN state USING (lead_id)
    WHERE {which} ORDER BY since, lead_id LIMIT %b::int"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which owner and policy (None: all), how many rows of each list."""

    owner: str | None = None
    policy: str | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One promise of one lead. `warned`: the percent of its open time that was warned of last; `stands_still_until`:
    when its clock runs again."""

    lead_id: UUID
    policy: str
    target: str
    owner: str | None
    start: datetime
    due_at: datetime
    warned: int = 0
    stands_still_until: datetime | None = None


@dataclass
class OfOwner:
    """`soon`: open promises due within the hour, as far as was read; `overdue`: leads; `since`: the first of them."""

    soon: int = 0
    overdue: int = 0
    since: datetime | None = None


@dataclass
class Board:
    """As of `now`. `due`: the next, in order. `overdue`: the oldest; `overdue_leads` counts all there are (of one
    policy: all that were read).

    `read_up_to`: open promises are known up to this due time (None: all of them).
    """

    now: datetime
    due: Sequence[Line]
    overdue: Sequence[Line]
    overdue_leads: int
    owners: dict[str, OfOwner] = field(default_factory=dict)
    read_up_to: datetime | None = None


async def board(sql: Sql, asked: Asked) -> Board:
    """One look. Raises CommandError where the monitor has never run."""
    if not (await sql.fetch(_READY))[0][0]:
        raise CommandError("This database holds no promises yet: sla-monitor has never run on it.", NOT_FOUND)
    ((now,),) = await sql.fetch(f"SELECT {NOW}")
    now = now.astimezone(UTC)
    lines, read_up_to = await _open(sql, asked)
    counts = {
        owner or NOBODY: (number, since) for owner, number, since in await sql.fetch(_BY_OWNER) if since is not None
    }
    owners = _by_owner(lines, counts, now)
    overdue = await _overdue(sql, asked)
    wanted = [line for line in lines if _is_wanted(line, asked)]
    leads = sum(number for owner, (number, _) in counts.items() if asked.owner in (None, owner))
    if asked.policy is not None:  # of which the table knows nothing
        leads = len({line.lead_id for line in overdue})
    return Board(now, wanted[: asked.limit], overdue[: asked.limit], leads, owners, read_up_to)


async def _open(sql: Sql, asked: Asked) -> tuple[list[Line], datetime | None]:
    """The open promises to customers by due time; complete up to the instant given (None: to the last)."""
    lanes = [lane for (lane,) in await sql.fetch(_LANES)]
    limit, read = FIRST, dict[UUID, Known]()
    while lanes:
        parts = " UNION ALL ".join(_OF_LANE.format(lane=int(lane)) for lane in lanes)
        rows = await sql.fetch(f"{parts} ORDER BY judge_at LIMIT %b::int", (*(limit,) * len(lanes), limit))
        read.update((lead, _known(body)) for lead, _, body in rows if lead not in read)
        last = rows[-1][1].astimezone(UTC) if len(rows) == limit else None
        lines = [line for lead, known in read.items() for line in _promises(lead, known)]
        complete = sorted((line for line in lines if last is None or line.due_at <= last), key=_in_order)
        if last is None or limit >= MOST or sum(_is_wanted(line, asked) for line in complete) >= asked.limit:
            return complete, last
        limit *= 2
    return [], None


def _in_order(line: Line) -> tuple[datetime, UUID, str]:
    return line.due_at, line.lead_id, line.target


async def _overdue(sql: Sql, asked: Asked) -> list[Line]:
    limit = asked.limit if asked.policy is None else MOST
    if asked.owner is None:
        rows = await sql.fetch(_OVERDUE.format(which="true"), (limit,))
    else:
        owner = "" if asked.owner == NOBODY else asked.owner
        rows = await sql.fetch(_OVERDUE.format(which="coalesce(owner, '') = %b::text"), (owner, limit))
    found = [line for lead, body in rows for line in _broken(lead, _known(body))]
    return [line for line in found if asked.policy in (None, line.policy)]


def _is_wanted(line: Line, asked: Asked) -> bool:
    return asked.owner in (None, line.owner or NOBODY) and asked.policy in (None, line.policy)


def _by_owner(
    lines: Iterable[Line], counts: dict[str, tuple[int, datetime]], now: datetime
) -> dict[str, OfOwner]:  # fmt: skip
    found: dict[str, OfOwner] = {}
    for owner, (number, since) in counts.items():
        found[owner] = OfOwner(overdue=number, since=since.astimezone(UTC))
    soon = Counter(line.owner or NOBODY for line in lines if line.due_at < now + SOON)
    for owner, number in soon.items():
        found.setdefault(owner, OfOwner()).soon = number
    return dict(sorted(found.items(), key=lambda each: (-each[1].overdue, -each[1].soon, each[0])))


def _promises(lead: UUID, known: Known) -> Iterable[Line]:
    owner = _owner(known)
    return [_line(lead, owner, each) for each in known.promises if each.clock == "customer" and each.status == "open"]


def _broken(lead: UUID, known: Known) -> Iterable[Line]:
    """The broken promises of a lead that waits, those of the newest broken cycle: earlier ones were answered since."""
    broken = [each for each in known.promises if each.clock == "customer" and each.status == "breached"]
    since = known.overdue_since
    return [_line(lead, _owner(known), each) for each in broken if since is not None and each.due_at >= since]


def _line(lead: UUID, owner: str | None, promise: Promise) -> Line:
    return Line(
        lead, promise.policy or promise.clock, promise.target, owner, promise.start, promise.due_at, promise.warned,
        promise.runs_at,
    )  # fmt: skip


def _owner(known: Known) -> str | None:
    newest = known.routings[-1] if known.routings else None
    return newest.owner if newest is not None and newest.outcome == "person" else None


def _known(body: bytes) -> Known:
    try:
        return CODEC.decode(restored(bytes(body)))
    except Undecodable:
        return Known()  # of another version: it is not shown, and does not hide the others
