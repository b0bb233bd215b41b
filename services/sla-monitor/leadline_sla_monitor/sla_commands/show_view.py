"""A lead's clocks for a person, with all the arithmetic, and for programs."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.text import Text

from leadline_schemas.codec import encode_model
from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.sla_commands.clocks import Clock, counted, spans
from leadline_sla_monitor.sla_commands.words import at, countdown, exactly, lasting
from leadline_sla_monitor.speed_metrics import parts

OF = {"decision": "the system's own", "customer": "to the customer", "stage": "to go on from this stage"}
STYLES = {"open": "yellow", "met": "green", "breached": "red", "cancelled": "dim"}


def data(lead_id: UUID, clocks: Sequence[Clock], now: datetime) -> dict[str, Any]:
    """The clocks for programs; `events` as they stand in the log."""
    return {
        "lead_id": str(lead_id),
        "as_of": now.isoformat(),
        "clocks": [
            {
                "clock": clock.newest.clock,
                "policy": clock.newest.policy,
                "target": clock.newest.target,
                "cycle": clock.newest.cycle_number,
                "assignment": clock.newest.assignment,
                "owner": clock.newest.owner,
                "standing": clock.standing,
                "start": clock.armed.start.isoformat(),
                "due_at": clock.due_at.isoformat(),
                "left_s": (clock.due_at - now).total_seconds() if clock.standing == "open" else None,
                "open_s": counted(clock),
                "closed_s": sum(span.seconds for span in spans(clock) if not span.is_open),
                "speed": parts(told) if (told := clock.carries_speed) else None,
                "events": [json.loads(encode_model(event)) for event in clock.events],
            }
            for clock in clocks
        ],
    }


def draw(lead_id: UUID, clocks: Sequence[Clock], now: datetime, console: Console) -> None:
    """Each clock: what was promised, how its due time came about, what happened, how it stands."""
    console.print(f"[bold]Lead {lead_id}[/], as of {at(now.replace(microsecond=0))}")
    for clock in clocks:
        console.print()
        _head(clock, now, console)
        for line in _due(clock):
            console.print(Text(f"    {line}"))
        for event in clock.events:
            if event is not clock.events[0]:
                console.print(Text(f"    {at(event.occurred_at)}  {happened(event)}"))
        if (told := clock.carries_speed) is not None:
            for line in _speed(told):
                console.print(Text(f"    {line}", style="bold"))
        if clock.newest.hops:
            way = (f"{lasting(seconds)} until {hop}" for hop, seconds in clock.newest.hops.items())
            console.print(Text(f"      {', then '.join(way)}"))


def _head(clock: Clock, now: datetime, console: Console) -> None:
    newest = clock.newest
    of = OF.get(newest.clock, f"of {newest.owner or 'nobody'}")
    name = newest.target if newest.policy is None else f"{newest.policy}: {newest.target}"
    cycle = f", cycle {newest.cycle_number}" if newest.clock == "customer" else ""
    repeats = f", asked {newest.repeat_requests + 1} times" if newest.repeat_requests else ""
    standing = clock.standing
    text = Text(f"  {name}", style="bold").append(f" ({of}{cycle}{repeats})  ", style="default not bold")
    text.append(standing, style=STYLES[standing])
    if standing == "open":
        text.append(", due ").append(countdown(clock.due_at, now))
    console.print(text)


def _due(clock: Clock) -> Iterator[str]:
    """How the due time follows from the start, as it was fixed at arming."""
    armed = clock.armed
    on = f" on {armed.calendar}" if armed.calendar else ""
    again = f" ({armed.reason})" if armed.reason else ""
    yield f"{lasting(armed.duration_s)} {armed.mode}{on}, from {at(armed.start)}{again}: due {at(armed.due_at)}"
    way = spans(clock)
    if armed.mode == "working" and len(way) > 1:
        for span in way:
            what = "open" if span.is_open else "closed, not counted"
            yield f"  {at(span.start)} → {at(span.end)}  {lasting(span.seconds)} {what}"
        yield f"  = {lasting(counted(clock))} open time"
    elif armed.mode == "wall_rolled" and (armed.due_at - armed.start).total_seconds() > armed.duration_s:
        yield f"  {lasting(armed.duration_s)} after the start was closed: the next opening and an hour of open time"
    if armed.warnings:
        yield "  warnings " + ", ".join(f"{level} % {at(when)}" for level, when in sorted(armed.warnings.items()))


def happened(event: LeadSla) -> str:
    """What an event tells, in words; who ordered and answered by their ids, nothing personal."""
    words = [event.kind.replace("_", " ")]
    if event.kind in {"warned", "escalated"}:
        words[0] += f" at {event.level} %"
    if event.then is not None:
        words.append(f"asks for: {event.then}")
    if event.response is not None:
        whose = " (not the owner)" if event.response.by_other else ""
        words[0] += f" by {event.response.kind} of {event.response.by or 'a machine'}{whose}"
    if event.elapsed_s is not None:
        words.append(f"after {lasting(event.elapsed_s)}")
    if event.late_by_s:
        words.append(f"{lasting(event.late_by_s)} late")
    told = {
        "cause": event.cause,
        "reason": event.reason if event.kind != "lapsed" else None,
        "ordered by": event.by,
    }
    words += [f"{name} {value}" for name, value in told.items() if value]
    if event.kind in {"breached", "lapsed"}:
        delay = (event.detected_at - event.due_at).total_seconds()
        words.append(f"noticed {lasting(delay)} after it" + (", provisional" if event.provisional else ""))
    until, before = event.until, event.due_before
    if event.kind == "paused" and until is not None:
        words.append(f"until {at(until)}")
    if (stood := event.paused_s) is not None:
        words.append(f"stood still {lasting(stood)}")
    if before is not None and before != event.due_at:
        words.append(f"due {at(before)} → {at(event.due_at)}")
    elif event.kind in {"paused", "resumed", "armed"}:
        words.append(f"due {at(event.due_at)}")
    if event.told:
        words.append(f"told {', '.join(event.told)}")
    return ", ".join(words)


def _speed(told: LeadSla) -> Iterator[str]:
    """The whole from the act to the first human answer, and what it is the sum of."""
    found = parts(told)
    split = " + ".join(f"{exactly(found[kind])} {kind}" for kind in ("system", "human", "closed"))
    apart = f", {exactly(told.quarantine_s)} of system kept apart" if told.quarantine_s else ""
    yield f"speed to lead {lasting(found['wall'])}: {exactly(found['wall'])} = {split}{apart}"
    yield f"  {lasting(found['working'])} of it in working time"
