"""The statements of the pass: which leads were judged by other rules, the messages that ask for them, how far it is.

A lead's state says in `seen` by which rules it was judged. So there is no cursor to be kept and none to be wrong: after
a crash, a rebalance or a change of mind the pass looks again from the start and finds exactly what is left.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from leadline_runtime.decision import Send
from leadline_runtime.forwarding import sealed
from leadline_runtime.sql import Sql
from leadline_schemas.event import RulesRef
from leadline_score.rejudging import REJUDGE
from leadline_score.state import JUDGED_BY, judged_by

MIGRATION = (
    "score-2",
    """
    CREATE TABLE rescoring (lane integer PRIMARY KEY, digest text NOT NULL, version text NOT NULL, from_digest text,
        from_version text, told bigint NOT NULL, total bigint NOT NULL, started_at timestamptz NOT NULL,
        told_at timestamptz, done_at timestamptz);
    """,
)
WINDOW = 5000  # rows looked at by one statement: a few milliseconds, however many leads there are
FIRST, LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
OWN = "SELECT lane FROM lane WHERE owner = %b::uuid"
STALE = f"""lane IN ({OWN}) AND merged_into IS NULL AND (seen ->> '{JUDGED_BY}')::bigint IS DISTINCT FROM %b::bigint
    AND lead_id > %b::uuid AND lead_id <= %b::uuid"""
# It waits for the batch that is being decided: that one may have begun by the rules of before, all later ones have not.
AFTER_THE_BATCH = "SELECT 1 FROM lane WHERE owner = %b::uuid ORDER BY lane FOR UPDATE"
WINDOW_END = "SELECT lead_id FROM state WHERE lead_id > %b::uuid ORDER BY lead_id OFFSET %b::int LIMIT 1"
COUNT = f"SELECT lane, count(*) FROM state WHERE {STALE} GROUP BY lane"  # noqa: S608
BEGIN = f"""INSERT INTO rescoring AS r (lane, digest, version, told, total, started_at, done_at)
    SELECT own.lane, %b::text, %b::text, 0, coalesce(found.n, 0), now(), CASE WHEN found.n IS NULL THEN now() END
    FROM ({OWN}) AS own LEFT JOIN unnest(%b::int[], %b::bigint[]) AS found (lane, n) USING (lane)
    ON CONFLICT (lane) DO UPDATE SET digest = excluded.digest, version = excluded.version,
      from_digest = CASE WHEN r.digest = excluded.digest THEN r.from_digest ELSE r.digest END,
      from_version = CASE WHEN r.digest = excluded.digest THEN r.from_version ELSE r.version END,
      told = CASE WHEN r.digest = excluded.digest THEN r.told ELSE 0 END,
      total = CASE WHEN r.digest = excluded.digest THEN r.told ELSE 0 END + excluded.total,
      started_at = CASE WHEN r.digest = excluded.digest AND (r.done_at IS NULL OR excluded.total = 0)
        THEN r.started_at ELSE excluded.started_at END,
      done_at = CASE WHEN r.digest = excluded.digest AND excluded.total = 0 THEN coalesce(r.done_at, now())
        ELSE excluded.done_at END
    RETURNING total - told, from_version"""  # noqa: S608
WAITING = f"SELECT count(*) FROM (SELECT FROM inbox WHERE lane IN ({OWN}) LIMIT 1) AS found"  # noqa: S608
# One statement, so one transaction: what is noted as asked for is asked for. The same lead has the same message in a
# pass, so one that is asked for twice is decided once.
TELL = f"""WITH found AS (SELECT lead_id, lane FROM state WHERE {STALE} ORDER BY lead_id LIMIT %b::int),
    asked AS (INSERT INTO inbox (lane, id, lead_id, body)
      SELECT lane, md5(r.digest || extract(epoch FROM r.started_at) || lead_id)::uuid, lead_id, %b::bytea
      FROM found JOIN rescoring AS r USING (lane) ON CONFLICT DO NOTHING),
    noted AS (UPDATE rescoring AS r SET told = r.told + by_lane.n, told_at = now()
      FROM (SELECT lane, count(*) AS n FROM found GROUP BY lane) AS by_lane WHERE r.lane = by_lane.lane)
    SELECT lead_id FROM found ORDER BY lead_id"""  # noqa: S608
DONE = f"""UPDATE rescoring SET done_at = now(), total = told
    WHERE lane IN ({OWN}) AND digest = %b::text AND done_at IS NULL"""  # noqa: S608
REVIEWS = f"""SELECT count(*) FROM review JOIN state USING (lead_id)
    WHERE review.state = 'waiting' AND state.lane IN ({OWN})"""  # noqa: S608


class PostgresRescoring:
    """The pass's tables in PostgreSQL, for the lanes owned by `token`. All raise DatabaseTrouble.

    It writes messages and its own progress, which any transaction may; who owns a lane by then decides them.
    """

    def __init__(self, sql: Sql, token: UUID, ref: RulesRef) -> None:
        self._sql, self._token, self._ref = sql, token, ref
        self._rules = judged_by(ref.digest)

    async def after_the_batch(self) -> None:
        """Wait until no batch is decided that began by the rules of before."""
        await self._sql.fetch(AFTER_THE_BATCH, (self._token,))

    async def window(self, after: UUID) -> UUID:
        """The last lead of the next window of leads."""
        found = await self._sql.fetch(WINDOW_END, (after, WINDOW - 1))
        end: UUID = found[0][0] if found else LAST
        return end

    async def count(self, after: UUID, upto: UUID) -> Mapping[int, int]:
        """How many leads of each lane were judged by other rules, in a window."""
        return dict(await self._sql.fetch(COUNT, (*self._stale(after, upto),)))

    def _stale(self, after: UUID, upto: UUID) -> tuple[Any, ...]:
        return self._token, self._rules, after, upto

    async def begin(self, left: Mapping[int, int]) -> tuple[int, str | None]:
        """Note the pass, or that it goes on: how many leads are left, and the version of the rules before if known."""
        lanes, counts = list(left), list(left.values())
        rows = await self._sql.fetch(BEGIN, (self._ref.digest, self._ref.version, self._token, lanes, counts))
        return sum(left for left, _ in rows), next((before for _, before in rows if before), None)

    async def waiting(self) -> int:
        """See RescoringTable.waiting."""
        return int((await self._sql.fetch(WAITING, (self._token,)))[0][0])

    async def tell(self, after: UUID, upto: UUID, most: int) -> Sequence[UUID]:
        """Ask the loop to judge the next leads of a window again; which."""
        message = sealed(Send(FIRST, FIRST, REJUDGE))
        return [lead for (lead,) in await self._sql.fetch(TELL, (*self._stale(after, upto), most, message))]

    async def done(self) -> None:
        """Note that no lead is left."""
        await self._sql.run((DONE, (self._token, self._ref.digest)))

    async def reviews(self) -> int:
        """How many leads wait for a person's word."""
        return int((await self._sql.fetch(REVIEWS, (self._token,)))[0][0])
