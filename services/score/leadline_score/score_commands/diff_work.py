"""Leads compared by several processes: chunks go out, tallies come back in order, few are under way at a time."""

import os
from asyncio import Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from pathlib import Path

from leadline_runtime.command_errors import FAILED, USAGE, CommandError
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules_diff import Progress, Tally
from leadline_score.core.exact import microseconds
from leadline_score.score_commands.comparing import Case, Pair, compare
from leadline_score.score_commands.reading_leads import Unread
from leadline_score.score_commands.recorded import Row, judged_in
from leadline_score.score_commands.rules_in_force import rules_of
from leadline_score.written_leads import evidence_in

Chunk = Sequence[Row] | Sequence[Unread]
MOST_PROCESSES = 8
UNDER_WAY = 2  # chunks for each process: one at work, one waiting
TELL_EVERY = 10_000  # leads


@dataclass(frozen=True, slots=True)
class Work:
    """What a process needs to know: where both rules files lie (None: in force) and the digest of what they were when
    they were checked; as of when (microseconds; None: each lead's own); how many changed leads to name.
    """

    old: tuple[Path | None, str]
    new: tuple[Path | None, str]
    as_of: int | None
    most: int


async def tally_over(chunks: AsyncIterator[Chunk], work: Work, progress: Progress) -> Tally:
    """All chunks compared, in their order. What fits into one is done here: other processes cost a second to start."""
    whole, first = Tally(work.most), await anext(chunks, None)
    if first is None:
        return whole
    second = await anext(chunks, None)
    if second is None:
        return tally_of(work, first)
    workers = processes()
    with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
        under_way: deque[Future[Tally]] = deque()

        async def give(chunk: Chunk) -> None:
            under_way.append(get_running_loop().run_in_executor(pool, tally_of, work, chunk))
            if len(under_way) >= workers * UNDER_WAY:
                await take()

        async def take() -> None:
            told = whole.leads // TELL_EVERY
            whole.join(await under_way.popleft())
            if whole.leads // TELL_EVERY > told:
                progress(f"{whole.leads:,} leads compared, {whole.changed:,} changed")

        await give(first)
        await give(second)
        async for chunk in chunks:
            await give(chunk)
        while under_way:
            await take()
    return whole


def processes() -> int:
    """How many compare at a time: one for each core that this process may use."""
    return min(MOST_PROCESSES, len(os.sched_getaffinity(0)))


def _context() -> ForkServerContext:
    """Processes forked from one that has imported this and nothing else: each import costs a second of its own."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def tally_of(work: Work, chunk: Chunk) -> Tally:
    """The leads of one chunk compared. Raises RulesError, CommandError."""
    rules, tally = _pair(work.old, work.new), Tally(work.most)
    for each in chunk:
        case = _case(each, work.as_of)
        if isinstance(case, str):
            tally.left_out[case] += 1
        else:
            tally.add(compare(case, rules))
    return tally


def _case(given: Row | Unread, as_of: int | None) -> Case | str:
    """The lead to compare; or in words why it cannot be judged."""
    if isinstance(given, Unread):
        lead = given.read()
        if lead.as_of is None and as_of is None:
            raise CommandError(f"{given.place} has no as_of: as of when is it to be judged? Give --as-of.", USAGE)
        own = microseconds(lead.as_of) if lead.as_of else 0
        return Case(lead.called, evidence_in(lead, given.place), own if as_of is None else as_of)
    judged = judged_in(given)
    if isinstance(judged, str):
        return judged
    called = str(judged.lead_id)
    if as_of is not None and as_of != judged.as_of:
        return Case(called, judged.evidence, as_of)
    walked = replace(judged.evidence, mark=judged.memory.mark)
    return Case(called, walked, judged.as_of, judged.memory.rules if judged.memory.mark else "")


@cache
def _pair(old: tuple[Path | None, str], new: tuple[Path | None, str]) -> Pair:
    """The rules of both, once for each process. Raises CommandError if they are not those that were checked."""
    made = []
    for path, digest in (old, new):
        loaded = rules_of(path)
        if loaded.ref.digest != digest:
            where = path or "the rules in force"
            raise CommandError(f"Somebody changed {where} meanwhile: run the comparison again.", FAILED)
        made.append(loaded.rules)
    return Pair(made[0], made[1], (old[1], new[1]))
