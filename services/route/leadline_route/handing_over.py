"""The pass that looks after leads whose owner left or is away: beside the loop, which decides each of them.

It asks by messages, a few at a time, and never while fresh leads wait (leadline_runtime.pacing). Where it stands is in
the leads: who was moved is no longer found under his old owner. So after a crash, a rebalance or another change of the
roster it begins anew and finds what is left.
"""

from collections.abc import Callable, Collection, Sequence
from time import time
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID, uuid4

from leadline_route.core.rulebook import Rulebook
from leadline_route.handover import LOOK, away
from leadline_route.metrics import HandoverMetrics
from leadline_route.owned_filling import STANDS
from leadline_route.settings import RouteSettings
from leadline_runtime.decision import Send
from leadline_runtime.forwarding import sealed
from leadline_runtime.logs import logger
from leadline_runtime.looking import look_again
from leadline_runtime.pacing import Pace
from leadline_runtime.settings import load_settings
from leadline_runtime.sql import Sql

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
LOOK_S: Final = 1.0  # how often it looks whether somebody left, or whether an absence has begun
FIRST: Final = UUID(int=0)
OWN: Final = "SELECT lane FROM lane WHERE owner = %b::uuid"
# It waits for the batch that is being decided: that one may have begun before what is looked for, all later have not.
AFTER_THE_BATCH: Final = "SELECT 1 FROM lane WHERE owner = %b::uuid ORDER BY lane FOR UPDATE"
# From one owner to the next along the index, however many leads each has.
OWNERS: Final = """WITH RECURSIVE each AS (SELECT min(owner) AS owner FROM owned
    UNION ALL SELECT (SELECT min(owner) FROM owned WHERE owner > each.owner) FROM each WHERE each.owner IS NOT NULL)
    SELECT owner FROM each WHERE owner IS NOT NULL"""
FOUND: Final = f"""SELECT owned.lead_id, state.lane FROM owned JOIN state USING (lead_id)
    WHERE owned.owner = ANY(%b::text[]) AND owned.lead_id > %b::uuid AND state.lane IN ({OWN})"""  # noqa: S608
COUNT: Final = f"SELECT count(*) FROM ({FOUND}) AS found"  # noqa: S608
WAITING: Final = f"SELECT count(*) FROM (SELECT FROM inbox WHERE lane IN ({OWN}) LIMIT 1) AS found"  # noqa: S608
TELL: Final = f"""WITH found AS ({FOUND} ORDER BY owned.lead_id LIMIT %b::int),
    asked AS (INSERT INTO inbox (lane, id, lead_id, body)
      SELECT lane, md5(%b::text || lead_id)::uuid, lead_id, %b::bytea FROM found ON CONFLICT DO NOTHING)
    SELECT lead_id FROM found ORDER BY lead_id"""  # noqa: S608


class HandoverTable(Protocol):
    """What the pass sees and writes, for the lanes owned by one claim. All raise DatabaseTrouble."""

    async def after_the_batch(self) -> None:
        """Wait until no batch is decided that began by the roster of before."""

    async def filled(self) -> bool:
        """Are the leads known that had their owners before the table was there (leadline_route.owned_filling)?"""

    async def owners(self) -> Sequence[str]:
        """Everybody who has a lead."""

    async def count(self, owners: Collection[str]) -> int:
        """How many leads they have."""

    async def waiting(self) -> int:
        """How many messages wait for the loop: 0, or 1 for any."""

    async def tell(self, run: UUID, owners: Collection[str], after: UUID, most: int) -> Sequence[UUID]:
        """Ask the loop to look at their next leads; which."""


class PostgresHandover:
    """See HandoverTable. It writes messages, which any transaction may; who owns a lane by then decides them."""

    def __init__(self, sql: Sql, token: UUID) -> None:
        self._sql, self._token = sql, token

    async def after_the_batch(self) -> None:
        """See HandoverTable."""
        await self._sql.fetch(AFTER_THE_BATCH, (self._token,))

    async def filled(self) -> bool:
        """See HandoverTable."""
        return bool((await self._sql.fetch(STANDS))[0][1])

    async def owners(self) -> Sequence[str]:
        """See HandoverTable."""
        return [owner for (owner,) in await self._sql.fetch(OWNERS)]

    async def count(self, owners: Collection[str]) -> int:
        """See HandoverTable."""
        return int((await self._sql.fetch(COUNT, (sorted(owners), FIRST, self._token)))[0][0])

    async def waiting(self) -> int:
        """See HandoverTable."""
        return int((await self._sql.fetch(WAITING, (self._token,)))[0][0])

    async def tell(self, run: UUID, owners: Collection[str], after: UUID, most: int) -> Sequence[UUID]:
        """See HandoverTable."""
        message = sealed(Send(FIRST, FIRST, LOOK))
        given = (sorted(owners), after, self._token, most, str(run), message)
        return [lead for (lead,) in await self._sql.fetch(TELL, given)]


Basis = tuple[UUID, str]  # the claim by which the lanes are owned, the digest of the roster in force


class HandingOver:
    """Runs beside the loop for as long as it is awaited."""

    def __init__(
        self,
        loop: "Loop",
        metrics: HandoverMetrics,
        rate: float,
        table_of: Callable[[UUID], HandoverTable],
    ) -> None:
        self.loop, self.metrics, self.rate, self._table_of = loop, metrics, rate, table_of
        self._looked: Basis | None = None
        self._away: frozenset[str] = frozenset()
        self._filled = False

    async def run(self) -> None:
        """Look, hand over what is to be handed over, look again. Without PostgreSQL it waits."""
        await look_again(self.look, LOOK_S, "handing over the leads of those who are gone")

    async def look(self) -> None:
        """One look: is the roster or are the lanes others, has an absence begun? Raises DatabaseTrouble."""
        basis = self._basis()
        if basis is None:
            return
        table = self._table_of(basis[0])
        if not self._filled and await table.filled():
            self._filled, self._looked = True, None  # older leads have become known: among them those of who left
        book: Rulebook = self.loop.parts.rules.current.rules
        now = self.loop.parts.clock.now()
        gone = frozenset(each for each in book.team.members if away(book.team, each, now) is not None)
        if basis == self._looked and gone <= self._away:
            self._away = gone
            return
        await table.after_the_batch()  # one under way may have begun before the absence, or by the roster of before
        if basis == self._looked:
            wanted = gone - self._away
        else:
            left = {each for each in await table.owners() if not book.team.is_active(each)}
            wanted = gone | left
        if await self._hand_over(table, basis, wanted):
            self._looked, self._away = basis, gone

    def _basis(self) -> Basis | None:
        token, rules = self.loop.parts.database.token, self.loop.parts.rules
        return None if token is None else (token, rules.current.ref.digest)

    async def _hand_over(self, table: HandoverTable, basis: Basis, owners: Collection[str]) -> bool:
        """Ask for all their leads. False: begin anew, the roster or the lanes changed meanwhile."""
        left = await table.count(owners) if owners else 0
        self.metrics.left.set(left)
        if left == 0:
            return True
        log.info("the leads of those who left or are away are looked at", members=len(owners), leads=left)
        self.metrics.started.set(time())
        after, run, pace = FIRST, uuid4(), Pace(self.loop, self.rate)
        while most := await pace.turn(table.waiting, lambda: self._basis() == basis):
            leads = await table.tell(run, owners, after, most)
            left = max(0, left - len(leads))
            self.metrics.told.inc(len(leads))
            self.metrics.left.set(left)
            if len(leads) < most:
                self.metrics.left.set(0)
                self.metrics.finished.set(time())
                return True
            after = leads[-1]
        return False


_METRICS = HandoverMetrics()


async def handing_over(loop: Any) -> None:
    """The pass as the step's work beside its loop. Raises SettingsError."""
    sql = Sql(loop.parts.settings.database_url.get_secret_value(), loop.step.schema)
    rate = load_settings(RouteSettings).handover_per_s
    try:
        await HandingOver(loop, _METRICS, rate, lambda token: PostgresHandover(sql, token)).run()
    finally:
        await sql.close()
