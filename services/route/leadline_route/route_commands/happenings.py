"""What is to be routed once more: from the topic lead.routed, or from a file of events, always in the order of time."""

import json
import sys
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from leadline_route.core.simulation import AGAIN, BY_RULES, Answer, Happening
from leadline_route.core.snapshot import SCORED, Scored
from leadline_route.route_commands.newest import Newest
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_log import kept_log
from leadline_runtime.rules import RulesError
from leadline_schemas.codec import Undecodable, decode, decode_model
from leadline_schemas.event import Exact, Instant, Model
from leadline_schemas.routed import Candidate
from leadline_schemas.topics import LEAD_ROUTED

UNREADABLE = "not readable"


class _When(Model):
    decided_at: Instant


class Routed(Model):
    """The part of `lead.routed` that a simulation looks at. See LeadRouted."""

    lead_id: UUID
    revision: int
    basis: _When
    outcome: str
    assigned_at: Instant | None = None
    owner: str | None = None
    pool: str | None = None
    rule: str
    cause: str
    candidates: tuple[Candidate, ...] = ()
    rules_tried: tuple[Any, ...] = ()
    balance_before: dict[str, Exact] = {}
    balance_after: dict[str, Exact] = {}
    excluded: tuple[str, ...] = ()
    scored: Scored


class _Dated(Model):
    basis: _When


ROUTED = LEAD_ROUTED.read_as(Routed)


def happening_of(event: Routed) -> Happening | None:
    """The decision to be taken once more, or a person's to be followed; None if nothing moved, or of a canary."""
    if event.scored.enriched.captured.canary:
        return None  # nobody's lead (ADR 0035): there are 1,440 a day
    at = event.basis.decided_at
    if event.owner is not None and event.outcome == "person" and event.assigned_at != at:
        return None  # the owner stays, or brought the lead with him
    person = event.outcome == "person" and not event.candidates
    asked = bool(event.candidates or event.rules_tried)
    ladder = not asked and (event.outcome == "queue" or event.cause in AGAIN)  # to the manager, or to nobody
    by_rules = event.cause in BY_RULES and event.rule != "historical" and not person and not ladder
    return Happening(
        event.lead_id,
        at,
        b"",
        event.scored,
        event.cause,
        Answer(event.outcome, event.rule, event.owner, event.pool, event.candidates),
        by_rules,
        event.excluded,
        event.balance_before,
        event.balance_after,
        {each.id: each.open for each in event.candidates if each.open is not None},
    )


async def recorded(kafka: str | None, left_out: Counter[str]) -> AsyncIterator[Happening]:
    """All that route has decided, as far as Kafka keeps it. Raises CommandError."""
    newest = Newest()
    async with kept_log(LEAD_ROUTED.name, kafka) as log:
        async for record in log.in_order():
            try:
                event = decode(ROUTED, record.value or b"")
            except Undecodable:
                left_out[UNREADABLE] += 1
                continue
            happening = happening_of(event) if newest.is_new(event.lead_id, event.revision) else None
            if happening is not None:
                yield happening


def in_file(file: str) -> Iterator[Happening]:
    """The leads of a file, a line each; `-` is stdin. Raises CommandError, RulesError naming the line."""
    name = "stdin" if file == "-" else file
    with _opened(file) as stream:
        for number, offset in _ordered(stream, name):
            stream.seek(offset)
            found = _happening(stream.readline(), f"{name} line {number}")
            if found is not None:
                yield found


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        with TemporaryFile() as kept:  # it is read twice: first for the order of time
            copyfileobj(sys.stdin.buffer, kept)
            kept.seek(0)
            yield kept
        return
    try:
        with Path(file).open("rb") as stream:
            yield stream
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}.", USAGE) from None
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", USAGE) from None


def _ordered(stream: IO[bytes], name: str) -> Iterator[tuple[int, int]]:
    """Number and place of each line, by the time of its event: some 24 bytes a line are held."""
    times, places, numbers, place = array("d"), array("q"), array("q"), 0
    for number, line in enumerate(stream, 1):
        if line.strip():
            times.append(_decided_at(line, f"{name} line {number}").timestamp())
            places.append(place)
            numbers.append(number)
        place += len(line)
    if not times:
        raise CommandError(f"{name} is empty; give a lead.scored or lead.routed event a line, as JSON.", USAGE)
    for index in sorted(range(len(times)), key=times.__getitem__):
        yield numbers[index], places[index]


def _decided_at(line: bytes, place: str) -> datetime:
    try:
        return decode_model(_Dated, _value(line, place), place).basis.decided_at
    except Undecodable as error:
        raise _no_event(place, str(error)) from None


def _happening(line: bytes, place: str) -> Happening | None:
    value = _value(line, place)
    try:
        if b'"scored":' in value:
            return happening_of(decode(ROUTED, value))
        scored = decode(SCORED, value)
        at = decode_model(_Dated, value, place).basis.decided_at
    except Undecodable as error:
        raise _no_event(place, str(error)) from None
    captured = scored.enriched.captured
    if captured.merged_into is not None or captured.quarantine is not None or captured.canary:
        return None
    return Happening(scored.lead_id, at, b"", scored)


def _value(line: bytes, place: str) -> bytes:
    """The event in a line: itself, or as `leadline tail --json` shows it."""
    if b'"value"' not in line:
        return line
    try:
        shown = json.loads(line)
    except ValueError as error:
        raise RulesError(place, "", f"is no JSON: {error}") from None
    return json.dumps(shown["value"]).encode() if isinstance(shown, dict) and "topic" in shown else line


def _no_event(place: str, why: str) -> RulesError:
    return RulesError(
        place, "", f"is no event of lead.scored or lead.routed ({why}); `leadline tail lead.routed --json --pii` "
        "writes such lines",
    )  # fmt: skip
