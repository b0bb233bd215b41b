"""The pass after a publish of new rules: every stored lead is judged again, a few at a time, beside the loop.

It asks the loop, by messages; the loop decides them like all else. It asks for so few at once that a fresh lead never
waits for more than a handful of them, and for none while records wait to be read. Where it stands is in the leads'
states: after a crash, a rebalance, or rules that change again it looks for what is left, and goes on with that.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import monotonic, time
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from leadline_runtime.logs import logger
from leadline_runtime.looking import look_again
from leadline_runtime.pacing import Pace
from leadline_runtime.settings import load_settings
from leadline_runtime.sql import Sql
from leadline_schemas.event import RulesRef
from leadline_score.metrics import RescoringMetrics
from leadline_score.rescoring_table import FIRST, LAST, PostgresRescoring
from leadline_score.settings import ScoreSettings

if TYPE_CHECKING:
    from leadline_runtime.loop import Loop

log = logger(__name__)
LOOK_S = 0.5  # how often it looks whether the rules or the lanes are others
REVIEWS_EVERY_S = 10.0
TELL_EVERY_S = 60.0
Basis = tuple[UUID, RulesRef]  # the claim by which the lanes are owned, the rules in force


class RescoringTable(Protocol):
    """What the pass sees and writes, for the lanes owned by one claim. All raise DatabaseTrouble."""

    async def after_the_batch(self) -> None:
        """Wait until no batch is decided that began by the rules of before."""

    async def window(self, after: UUID) -> UUID:
        """The last lead of the next window of leads."""

    async def count(self, after: UUID, upto: UUID) -> Mapping[int, int]:
        """How many leads of each lane were judged by other rules, in a window."""

    async def begin(self, left: Mapping[int, int]) -> tuple[int, str | None]:
        """Note the pass, or that it goes on: how many leads are left, and the version of the rules before if known."""

    async def waiting(self) -> int:
        """How many messages wait for the loop: 0, or 1 for any."""

    async def tell(self, after: UUID, upto: UUID, most: int) -> Sequence[UUID]:
        """Ask the loop to judge the next leads of a window again; which."""

    async def done(self) -> None:
        """Note that no lead is left."""

    async def reviews(self) -> int:
        """How many leads wait for a person's word."""


class Rescoring:
    """Runs beside the loop for as long as it is awaited. One pass for each claim of lanes and each publish of rules."""

    def __init__(
        self,
        loop: "Loop",
        metrics: RescoringMetrics,
        rate: float,
        table_of: Callable[[UUID, RulesRef], RescoringTable],
    ) -> None:
        self.loop, self.metrics, self.rate, self._table_of = loop, metrics, rate, table_of
        self._passed: Basis | None = None
        self._reviewed_at = 0.0

    async def run(self) -> None:
        """Look, pass if there is something to pass, look again. Without PostgreSQL it waits."""
        await look_again(self.look, LOOK_S, "the pass of new rules over stored leads")

    def _basis(self) -> Basis | None:
        token = self.loop.parts.database.token
        return None if token is None else (token, self.loop.parts.rules.current.ref)

    async def look(self) -> None:
        """Pass, if the rules or the lanes are others than at the last pass. Raises DatabaseTrouble."""
        basis = self._basis()
        if basis is None:
            return
        table = self._table_of(*basis)
        if basis != self._passed and await self._pass(table, basis):
            self._passed = basis
        if monotonic() - self._reviewed_at >= REVIEWS_EVERY_S:
            self._reviewed_at = monotonic()
            self.metrics.reviews.set(await table.reviews())

    async def _pass(self, table: RescoringTable, basis: Basis) -> bool:
        """Look for the leads judged by other rules, and ask for them. False: begin anew, the rules or lanes changed."""
        await table.after_the_batch()
        left, before = await table.begin(await self._count(table))
        self.metrics.left.set(left)
        if left == 0:
            return True
        self.metrics.started.set(time())
        version, digest = basis[1].version, basis[1].digest
        log.info(
            "stored leads are judged again by new rules", leads=left, before=before, version=version, digest=digest
        )
        told = await self._tell_all(table, basis, left)
        if told is None:
            log.info("the pass begins anew: the rules or the lanes are others by now")
            return False
        await table.done()
        self.metrics.left.set(0)
        self.metrics.finished.set(time())
        log.info("all stored leads are judged by the new rules", leads=told, version=version, digest=digest)
        return True

    async def _count(self, table: RescoringTable) -> dict[int, int]:
        left: dict[int, int] = {}
        after = FIRST
        while after != LAST:
            began, upto = monotonic(), await table.window(after)
            for lane, leads in (await table.count(after, upto)).items():
                left[lane] = left.get(lane, 0) + leads
            after = upto
            await asyncio.sleep(monotonic() - began)  # at most half of one connection's time
        return left

    async def _tell_all(self, table: RescoringTable, basis: Basis, left: int) -> int | None:
        after, told, said_at = FIRST, 0, monotonic()
        upto, pace = await table.window(after), Pace(self.loop, self.rate)
        while most := await pace.turn(table.waiting, lambda: self._basis() == basis):
            leads = await table.tell(after, upto, most)
            told += len(leads)
            self.metrics.told.inc(len(leads))
            self.metrics.left.set(max(0, left - told))
            if len(leads) == most:
                after = leads[-1]
            elif upto == LAST:
                return told
            else:
                after, upto = upto, await table.window(upto)
            if monotonic() - said_at >= TELL_EVERY_S:
                said_at = monotonic()
                log.info("stored leads are judged again by new rules", told=told, left=max(0, left - told))
        return None


_METRICS = RescoringMetrics()


async def rescoring(loop: "Loop") -> None:
    """The pass as the step's work beside its loop. Raises SettingsError."""
    sql = Sql(loop.parts.settings.database_url.get_secret_value(), "score")
    rate = load_settings(ScoreSettings).rescore_per_s
    try:
        await Rescoring(loop, _METRICS, rate, partial(PostgresRescoring, sql)).run()
    finally:
        await sql.close()
