"""Gauges about leads, right again after any claim: a survey of the states, beside the batches.

A claim may bring lanes whose leads this process has never seen. So a task of its own reads every lead of the own lanes
that has an alarm, page by page: no batch waits for it, nothing is locked. What batches commit meanwhile is newer than
what a page has read, and wins. A lane's picture is replaced when the new one is whole, so that nothing stays in it that
a batch of doubtful outcome left there.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import UUID

from leadline_runtime.database import Alarmed, Database, Doubt, Pages, StateRow
from leadline_runtime.deciding import place_of
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.step import Gauges, Picture, Step

log = logger(__name__)
PAGE = 500
# Leads taken up at once (1 or 2 ms), and the rest after it in relation to the work: the batches after a claim have the
# backlog of a crash to work off, and come first.
SLICE, REST = 25, 2
RETRY_S = 2.0


@dataclass
class _Growing:
    """A lane's new picture. `newer`: what batches have committed since its last page was asked for."""

    lane: int
    picture: Picture
    newer: set[UUID] = field(default_factory=set)


class Survey:
    """Keeps one picture for each own lane, right and whole. Without gauges it does nothing."""

    def __init__(self, step: Step[Any], database: Database, metrics: RuntimeMetrics) -> None:
        self._decode, self._database = step.body.decode, database
        self._gauges: Gauges | None = step.gauges
        self._pictures: dict[int, Picture] = {}
        self._growing: _Growing | None = None
        self._task: asyncio.Task[None] | None = None
        self._surveyed = metrics.surveyed.labels(step.name) if step.gauges is not None else None

    def claimed(self, lanes: Iterable[int]) -> None:
        """These are the own lanes now: what is known of others is forgotten, all are looked over anew."""
        if self._gauges is None:
            return
        self._cancel()
        old = self._pictures
        self._pictures = {lane: old[lane] if lane in old else self._gauges.picture() for lane in sorted(lanes)}
        self._gauges.watch(self._pictures.values())
        self._tell(whole=not self._pictures)
        if self._pictures:
            self._task = asyncio.create_task(self._run(self._gauges))

    def note(self, rows: Sequence[StateRow]) -> None:
        """A batch has committed these states."""
        if self._gauges is None:
            return
        for row in rows:
            _put(self._pictures.get(row.lane), row)
            if self._growing is not None and self._growing.lane == row.lane:
                self._growing.newer.add(row.lead_id)
                _put(self._growing.picture, row)

    async def stop(self) -> None:
        """End the survey that is under way."""
        task = self._task
        self._cancel()
        if task is not None:
            await asyncio.wait([task])

    def _cancel(self) -> None:
        task, self._task, self._growing = self._task, None, None
        if task is not None:
            task.cancel()

    async def _run(self, gauges: Gauges) -> None:
        waiting = list(self._pictures)
        while waiting:
            try:
                async with self._database.survey() as pages:
                    while waiting:
                        await self._lane(gauges, pages, waiting[0])
                        del waiting[0]
            except Doubt as error:
                log.warning("the survey for the gauges waits for the database", fault=str(error))
                await asyncio.sleep(RETRY_S)
            except Exception as error:  # the loop goes on; that the gauges are not whole is told, and alarmed
                log.error("the survey for the gauges failed; a person has to look", fault=place_of(error))
                return
        self._tell(whole=True)

    async def _lane(self, gauges: Gauges, pages: Pages, lane: int) -> None:
        growing = self._growing = _Growing(lane, gauges.picture())
        last: Alarmed | None = None
        while True:
            growing.newer.clear()
            page = await pages.page(lane, last, PAGE)
            for start in range(0, len(page), SLICE):
                await self._take_up(growing, page[start : start + SLICE])
            if len(page) < PAGE:
                break
            last = page[-1]
        self._pictures[lane], self._growing = growing.picture, None

    async def _take_up(self, growing: _Growing, leads: Sequence[Alarmed]) -> None:
        began = monotonic()
        for lead in leads:
            if lead.lead_id not in growing.newer:
                growing.picture.put(lead.lead_id, self._decode(lead.body))
        await asyncio.sleep((monotonic() - began) * REST)

    def _tell(self, *, whole: bool) -> None:
        if self._surveyed is not None:
            self._surveyed.set(whole)


def _put(picture: Picture | None, row: StateRow) -> None:
    """As a survey would find it: a lead without an alarm is not told of."""
    if picture is None:
        return
    if row.state.timer_at is None:
        picture.drop(row.lead_id)
    else:
        picture.put(row.lead_id, row.state.body)
