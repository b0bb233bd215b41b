"""What two versions of scoring.yaml make of the same leads: score's part of `leadline rules diff`."""

import asyncio
from collections.abc import AsyncIterator
from itertools import islice

from leadline_runtime.rules_diff import DiffOrder, RulesDiff, Tally
from leadline_runtime.sql import Sql
from leadline_score.core.exact import microseconds
from leadline_score.score_commands.diff_work import Chunk, Work, tally_over
from leadline_score.score_commands.reading_leads import leads_in
from leadline_score.score_commands.recorded import recorded_pages, with_recorded
from leadline_score.score_commands.rules_in_force import rules_of

CHUNK = 500  # leads of a file


def compare_rules(order: DiffOrder) -> RulesDiff:
    """Judge every lead by both. Raises RulesError for a bad file, CommandError."""
    old, new = rules_of(order.old), rules_of(order.new)
    as_of = microseconds(order.as_of) if order.as_of else None
    work = Work((order.old, old.ref.digest), (order.new, new.ref.digest), as_of, order.most)
    tally = _recorded(order, work) if order.over is None else _written(order, order.over, work)
    return RulesDiff(old.ref, new.ref, tally)


def _recorded(order: DiffOrder, work: Work) -> Tally:
    async def over(sql: Sql) -> Tally:
        return await tally_over(recorded_pages(sql), work, order.progress)

    return with_recorded(over)


def _written(order: DiffOrder, file: str, work: Work) -> Tally:
    async def chunks() -> AsyncIterator[Chunk]:
        leads = leads_in(file)
        while chunk := list(islice(leads, CHUNK)):
            yield chunk

    return asyncio.run(tally_over(chunks(), work, order.progress))
