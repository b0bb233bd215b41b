"""The fairness ledger for a person, and its comparison with the balances that route holds."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_route.core.ledger import PASSED_OVER, Ledger, Told, differences
from leadline_route.route_commands.newest import Newest
from leadline_route.route_commands.route_tables import roster_rows, with_tables
from leadline_runtime.command_errors import FAILED, NOT_FOUND, CommandError
from leadline_runtime.command_log import kept_log
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.topics import LEAD_ROUTED

Owed = Mapping[str, Mapping[str, Fraction]]
Difference = tuple[str, str, Fraction, Fraction]
TOLD = LEAD_ROUTED.read_as(Told)
TELL_EVERY = 100_000  # events
TRIES, PAUSE_S = 5, 1.0  # until route decides nothing while the log is read


@dataclass(frozen=True, slots=True)
class Question:
    """Since when (None: all), of which pool (None: all), from which Kafka, compared with the tables?"""

    since: datetime | None
    pool: str | None
    kafka: str | None
    check: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """`whole`: does the log still hold its first record? `found`: what differs; None if nobody asked."""

    ledger: Ledger
    whole: bool
    unreadable: int
    found: Sequence[Difference] | None = None


def show(question: Question, *, as_json: bool) -> None:
    """Read, compare if asked, print. Raises CommandError; typer.Exit if the tables say otherwise."""
    answer = _compared(question) if question.check else _read(question)
    if question.pool is not None and question.pool not in answer.ledger.pools:
        known = ", ".join(sorted(answer.ledger.pools)) or "none"
        raise CommandError(f"No lead was dealt in a pool {question.pool}; dealt in: {known}.", NOT_FOUND)
    if as_json:
        print(json.dumps(data(answer, question.pool), indent=2, ensure_ascii=False))
    else:
        draw(answer, question.pool, terminal())
    if answer.found:
        raise typer.Exit(FAILED)


def _read(question: Question) -> Answer:
    return asyncio.run(_replayed(question))


async def _replayed(question: Question) -> Answer:
    ledger, newest, unreadable, read = Ledger(), Newest(), 0, 0
    async with kept_log(LEAD_ROUTED.name, question.kafka, question.since) as log:
        async for page in log.pages():
            for record in page:
                try:
                    told = decode(TOLD, record.value or b"")
                except Undecodable:
                    unreadable += 1
                    continue
                late = question.since is not None and told.basis.decided_at < question.since
                if newest.is_new(told.lead_id, told.revision) and not late:
                    ledger.take(told)
            if (read + len(page)) // TELL_EVERY > read // TELL_EVERY:
                print(f"{read + len(page):,} events read", file=sys.stderr, flush=True)
            read += len(page)
        return Answer(ledger, log.whole, unreadable)


def _compared(question: Question) -> Answer:
    """The log against the tables as they were before and after it was read: route may be at work."""
    answer = None
    for _ in range(TRIES):
        before = _stored()
        answer = _read(question)
        if not answer.whole:
            raise CommandError(
                "The topic no longer holds its first records, so the balances at its beginning are not known: nothing "
                "to compare with. Without --check what it holds is told.", FAILED,
            )  # fmt: skip
        found = differences(answer.ledger, before)
        if not found or before == _stored():
            return Answer(answer.ledger, True, answer.unreadable, found)
        time.sleep(PAUSE_S)
    raise CommandError("Route decided something whenever the log was read: try again when less comes in.", FAILED)


def _stored() -> Owed:
    owed: dict[str, dict[str, Fraction]] = {}
    for member, load in with_tables(roster_rows)[0].items():
        for pool, balance in load.owed.items():
            owed.setdefault(pool, {})[member] = balance
    return owed


def data(answer: Answer, pool: str | None) -> dict[str, Any]:
    """The ledger for programs."""
    ledger = answer.ledger
    return {
        "whole": answer.whole,
        "events": ledger.events,
        "unreadable": answer.unreadable,
        "pools": {
            name: {
                member: {
                    "turns": seat.turns,
                    "returned": seat.returned,
                    "retaken": seat.retaken,
                    "passed_over": {reason: seat.passed[reason] for reason in PASSED_OVER if seat.passed[reason]},
                    "owed": str(seat.owed),
                }
                for member, seat in sorted(seats.items())
            }
            for name, seats in sorted(ledger.pools.items())
            if pool in (None, name)
        },
        "besides": {person: asdict(account) for person, account in sorted(ledger.besides.items())},
        "differences": None if answer.found is None else [
            {"pool": p, "member": member, "by_events": str(told), "in_tables": str(kept)}
            for p, member, told, kept in answer.found
        ],
    }  # fmt: skip


def draw(answer: Answer, pool: str | None, console: Console) -> None:
    """A table a pool, then what was no turn."""
    ledger = answer.ledger
    for name, seats in sorted(ledger.pools.items()):
        if pool not in (None, name):
            continue
        whole = sum(seat.kept for seat in seats.values()) or 1
        headings = ("turns", "given back", "that count", "share", *(each.replace("_", " ") for each in PASSED_OVER))
        table = Table(name, *headings, "leads owed", box=None, padding=(0, 1))
        for column in table.columns[1:]:
            column.justify = "right"
        for member, seat in sorted(seats.items()):
            passed = [f"{seat.passed[reason]:,}" if seat.passed[reason] else "" for reason in PASSED_OVER]
            back = f"{seat.returned - seat.retaken:,}" if seat.returned else ""
            table.add_row(
                Text(member), f"{seat.turns:,}", back, f"{seat.kept:,}", f"{seat.kept / whole:.1%}", *passed,
                str(seat.owed),
            )  # fmt: skip
        console.print(table)
        console.print()
    _besides(ledger, console)
    if not answer.whole:
        console.print(
            "Not from the beginning: leads owed are counted from the first decision told here.", style="yellow"
        )
    if answer.unreadable:
        console.print(f"{answer.unreadable} events could not be decoded.", style="red")
    _checked(answer, console)


def _besides(ledger: Ledger, console: Console) -> None:
    if not ledger.besides:
        return
    table = Table("no turns", "by hand", "owner match", "merged", "manager", box=None, padding=(0, 1))
    for person, account in sorted(ledger.besides.items()):
        table.add_row(Text(person), *(f"{n:,}" if n else "" for n in asdict(account).values()))
    console.print(table)


def _checked(answer: Answer, console: Console) -> None:
    if answer.found is None:
        return
    if not answer.found:
        console.print(Text("Events and tables agree on every balance.", style="green"))
    for pool, member, told, kept in answer.found:
        console.print(Text(f"{pool}: {member} is owed {told} by the events, {kept} by route's tables", style="red"))
