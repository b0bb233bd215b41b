"""The report, read from the log and shown."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from leadline_runtime.command_log import kept_log
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import load_rules
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.event import Model
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ROUTED, LEAD_SLA, Topic
from leadline_sla_monitor.core.contact import BEFORE, Contacted, Contacts, ToldOfAct, ToldOfOwner
from leadline_sla_monitor.core.register import Register, look_back
from leadline_sla_monitor.core.report import By, Report, report
from leadline_sla_monitor.core.told_of import ToldOf
from leadline_sla_monitor.rules import SPEC
from leadline_sla_monitor.sla_commands.report_view import data, draw
from leadline_sla_monitor.speed_metrics import targets

M = TypeVar("M", bound=Model)
TOLD = LEAD_SLA.read_as(ToldOf)
TOLD_OF_OWNER, TOLD_OF_ACT = LEAD_ROUTED.read_as(ToldOfOwner), LEAD_ACTIVITY.read_as(ToldOfAct)
FIRST = datetime.min.replace(tzinfo=UTC)
TELL_EVERY = 100_000  # events


@dataclass(frozen=True, slots=True)
class Question:
    """The window, how to group, from which Kafka. `now`: by the pipeline's clock. `contact`: the contact rate too?"""

    since: datetime
    until: datetime
    by: By
    kafka: str | None
    now: datetime
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """`events`: how many were taken; `unreadable`: how many could not be decoded. `contact` by group, that of all under
    the empty name; None: nobody asked."""

    question: Question
    report: Report
    events: int
    unreadable: int
    contact: Mapping[str, Contacted] | None = None


def show(question: Question, *, as_json: bool) -> None:
    """Read, sum, print. Raises CommandError."""
    answer = asyncio.run(read(question))
    if as_json:
        print(json.dumps(data(answer), indent=2, ensure_ascii=False))
    else:
        draw(answer, terminal())


async def read(question: Question) -> Answer:
    """The report by what Kafka keeps now. Raises CommandError."""
    register, before = Register(question.since), look_back(longest())
    unreadable = await _fold(TOLD, register.take, question, before)
    contact = None
    if question.contact:
        contacts = Contacts()
        unreadable += await _fold(TOLD_OF_OWNER, contacts.take_routed, question, before)
        unreadable += await _fold(TOLD_OF_ACT, contacts.take_act, question, BEFORE)
        contact = contacts.rates(question.since, question.until, question.now, question.by)
    found = report(register, question.until, question.by)
    return Answer(question, found, register.events, unreadable, contact)


def longest() -> timedelta:
    """The longest that the rules in force here promise; rules that cannot be read promise what those that ship do."""
    try:
        rules = load_rules(SPEC, rules_directory()).rules
    except RulesError:
        rules = load_rules(SPEC).rules
    return timedelta(seconds=max(targets(rules)))


async def _fold(topic: Topic[M], take: Callable[[M], None], question: Question, before: timedelta) -> int:
    """All of a topic from so long before the window on; how many could not be decoded."""
    read = unreadable = 0
    # Records bear their writers' time, and the pipeline's clock may be set to another day (a demo, a test).
    ahead = max(question.now - datetime.now(UTC), timedelta())
    back = min(before + ahead, question.since - FIRST)
    async with kept_log(topic.name, question.kafka, question.since - back) as log:
        async for page in log.pages():
            for record in page:
                try:
                    take(decode(topic, record.value or b""))
                except Undecodable:
                    unreadable += 1
            if (read + len(page)) // TELL_EVERY > read // TELL_EVERY:
                print(f"{topic.name}: {read + len(page):,} events read", file=sys.stderr, flush=True)
            read += len(page)
    return unreadable
