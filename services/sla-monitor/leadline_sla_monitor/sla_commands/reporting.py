"""The report, read from the log and shown."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

from leadline_runtime.command_log import kept_log
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.topics import LEAD_SLA
from leadline_sla_monitor.core.register import LOOK_BACK, Register, ToldOf
from leadline_sla_monitor.core.report import By, Report, report
from leadline_sla_monitor.sla_commands.report_view import data, draw

TOLD = LEAD_SLA.read_as(ToldOf)
TELL_EVERY = 100_000  # events


@dataclass(frozen=True, slots=True)
class Question:
    """The window, how to group, from which Kafka. `now`: by the pipeline's clock."""

    since: datetime
    until: datetime
    by: By
    kafka: str | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """`events`: how many were taken; `unreadable`: how many could not be decoded."""

    question: Question
    report: Report
    events: int
    unreadable: int


def show(question: Question, *, as_json: bool) -> None:
    """Read, sum, print. Raises CommandError."""
    answer = asyncio.run(read(question))
    if as_json:
        print(json.dumps(data(answer), indent=2, ensure_ascii=False))
    else:
        draw(answer, terminal())


async def read(question: Question) -> Answer:
    """The report by what Kafka keeps now. Raises CommandError."""
    register, unreadable, read = Register(question.since), 0, 0
    # Records bear their writers' time, and the pipeline's clock may be set to another day (a demo, a test).
    ahead = max(question.now - datetime.now(UTC), timedelta())
    async with kept_log(LEAD_SLA.name, question.kafka, question.since - LOOK_BACK - ahead) as log:
        async for page in log.pages():
            for record in page:
                try:
                    register.take(decode(TOLD, record.value or b""))
                except Undecodable:
                    unreadable += 1
            if (read + len(page)) // TELL_EVERY > read // TELL_EVERY:
                print(f"{read + len(page):,} events read", file=sys.stderr, flush=True)
            read += len(page)
    return Answer(question, report(register, question.until, question.by), register.events, unreadable)
