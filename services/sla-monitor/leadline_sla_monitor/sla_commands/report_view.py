"""The report for a person, and for programs."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_sla_monitor.core.contact import Contacted
from leadline_sla_monitor.core.hops import HOPS
from leadline_sla_monitor.core.report import Report
from leadline_sla_monitor.core.tallies import KINDS, MICRO, PERCENTILES, Kept, Speed, Stopped, mean_parts
from leadline_sla_monitor.sla_commands.words import at, lasting

if TYPE_CHECKING:
    from leadline_sla_monitor.sla_commands.reporting import Answer

WHOLE = "all"
HEADINGS = ("due", "kept", "broken", "answered late", "taken back", "no verdict yet", "compliance")


def data(answer: "Answer") -> dict[str, Any]:
    """The report for programs. Times in seconds; shares from 0 to 1; null where nothing is known."""
    found, question = answer.report, answer.question
    return {
        "since": question.since.isoformat(),
        "until": question.until.isoformat(),
        "by": question.by,
        "events": answer.events,
        "unreadable": answer.unreadable,
        "compliance": [
            {question.by: group, **({"target": target} if target else {}), **_kept(kept)}
            for (group, target), kept in sorted(found.kept.items())
        ],
        "compliance_of_all": _kept(found.whole),
        "due_later": found.due_later,
        "speed_to_lead": [{question.by: group, **_speed(speed)} for group, speed in sorted(found.speed.items())],
        "speed_to_lead_of_all": _speed(found.whole_speed),
        "hops": {hop: _percentiles(found.hops[hop]) for hop in HOPS if hop in found.hops},
        "decision": _kept(found.decisions),
        "lapses_by_owner": dict(sorted(found.lapses.items())),
        "contact": None
        if answer.contact is None
        else {group or "all": _contact(each) for group, each in sorted(answer.contact.items())},
        "pauses_by_owner": {owner: _stopped(each) for owner, each in sorted(found.pauses.items())},
    }


def draw(answer: "Answer", console: Console) -> None:
    """Chapter by chapter: compliance, speed, what the system itself did, what stood still."""
    found, question = answer.report, answer.question
    console.print(Text(f"From {at(question.since)} until {at(question.until)}", style="bold"))
    if answer.unreadable:
        console.print(Text(f"{answer.unreadable} events could not be decoded and are not in it", style="red"))
    _compliance(found, question.by, console)
    _speeds(found, question.by, console)
    _system(found, console)
    _people(found, console)
    if answer.contact is not None:
        _contacts(answer.contact, question.by, console)


def _compliance(found: Report, by: str, console: Console) -> None:
    console.print(Text("\nPromises to customers, by due time", style="bold"))
    if not found.kept:
        console.print("  none came due")
    else:
        table = _table(by, "target", *HEADINGS) if by == "policy" else _table(by, *HEADINGS)
        rows = [*sorted(found.kept.items()), ((WHOLE, ""), found.whole)]
        for (group, target), kept in rows:
            named = (group, target) if by == "policy" else (group,)
            style = "bold" if group == WHOLE else ""
            table.add_row(*map(Text, named), *_kept_cells(kept), style=style)
        console.print(table)
        causes = ", ".join(f"{cause} {number:,}" for cause, number in found.whole.causes.most_common())
        if causes:
            provisional = f"; {found.whole.provisional:,} provisional" if found.whole.provisional else ""
            console.print(f"  broken because of: {causes}{provisional}")
    if found.due_later:
        console.print(f"  {found.due_later:,} open promises are due later")


def _speeds(found: Report, by: str, console: Console) -> None:
    console.print(Text("\nSpeed to lead: from the request to the first answer by a person", style="bold"))
    if not found.speed:
        console.print("  nobody asked")
        return
    table = _table(by, "answered", "waiting", "time", *(f"p{percent}" for percent in PERCENTILES), "mean", "of it")
    for group, speed in (*sorted(found.speed.items()), (WHOLE, found.whole_speed)):
        parts = mean_parts(speed) or {}
        split = " + ".join(f"{lasting(seconds)} {kind}" for kind, seconds in parts.items())
        style = "bold" if group == WHOLE else ""
        for kind in ("wall", "working"):
            first = kind == "wall"
            counts = (f"{speed.answered:,}", f"{speed.waiting:,}") if first else ("", "")
            table.add_row(
                Text(group if first else ""), *counts, kind, *(_reached(speed, kind, each) for each in PERCENTILES),
                lasting(speed.mean(kind)), split if first else "", style=style,
            )  # fmt: skip
    console.print(table)
    console.print("  means and their parts are of those answered; percentiles count who waits as slower than they")


def _reached(speed: Speed, kind: str, percent: int) -> str:
    found = speed.percentile(kind, percent)
    if found is None:
        return "waiting" if speed.waiting else "–"
    return lasting(found)


def _system(found: Report, console: Console) -> None:
    kept = found.decisions
    if kept.met + kept.breached + kept.open:
        share = "–" if kept.compliance is None else f"{kept.compliance:.2%}"
        console.print(Text("\nThe system's own promise: an outcome in time", style="bold"))
        console.print(f"  {kept.met:,} kept, {kept.breached:,} broken, {kept.open:,} without a verdict: {share}")
    if found.hops:
        console.print(Text("\nFrom step to step", style="bold"))
        table = _table("until", "leads", *(f"p{percent}" for percent in PERCENTILES), "mean")
        for hop in HOPS:
            if hop in found.hops:
                told = _percentiles(found.hops[hop])
                times = (lasting(told[f"p{percent}"]) for percent in PERCENTILES)
                table.add_row(hop, f"{told['count']:,}", *times, lasting(told["mean"]))
        console.print(table)


def _people(found: Report, console: Console) -> None:
    if found.lapses:
        console.print(Text("\nLeads that owners let go by, given to the next", style="bold"))
        console.print("  " + ", ".join(f"{owner} {number:,}" for owner, number in found.lapses.most_common()))
    if found.pauses:
        console.print(Text("\nClocks that were stopped", style="bold"))
        table = _table("owner", "pauses", "stood still", "why")
        for owner, each in sorted(found.pauses.items()):
            why = ", ".join(f"{reason} {number:,}" for reason, number in each.reasons.most_common())
            table.add_row(Text(owner), f"{each.orders:,}", lasting(each.seconds), Text(why))
        console.print(table)


def _contacts(found: Mapping[str, Contacted], by: str, console: Console) -> None:
    console.print(Text("\nContact: talk both ways within 14 days after a person got the lead", style="bold"))
    table = _table(by if len(found) > 1 else "", "given", "contacted", "14 days over", "contacted of those", "rate")
    for group, each in sorted(found.items(), key=lambda one: (one[0] == "", one[0])):
        rate = "immature" if each.rate is None else f"{each.rate:.1%}"
        counts = (each.assigned, each.contacted, each.mature, each.contacted_mature)
        style = "bold" if not group else ""
        table.add_row(Text(group or WHOLE), *(f"{number:,}" for number in counts), rate, style=style)
    console.print(table)
    if young := found[""].young:
        console.print(f"  immature: {young:,} were given less than 14 days ago, and are in no rate yet")


def _contact(each: Contacted) -> dict[str, Any]:
    return {
        "assigned": each.assigned,
        "contacted": each.contacted,
        "mature": each.mature,
        "contacted_of_mature": each.contacted_mature,
        "immature": each.young,
        "rate": each.rate,
    }


def _table(*headings: str) -> Table:
    table = Table(*headings, box=None, padding=(0, 1))
    for column in table.columns:
        if column.header in {*HEADINGS, "answered", "waiting", "mean", "leads", "pauses", "stood still"}:
            column.justify = "right"
    return table


def _kept_cells(kept: Kept) -> tuple[str, ...]:
    due = kept.met + kept.breached + kept.open
    compliance = "–" if kept.compliance is None else f"{kept.compliance:.1%}"
    counts = (kept.met, kept.breached, kept.late, kept.retracted, kept.open)
    return f"{due:,}", *(f"{number:,}" if number else "" for number in counts), compliance


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "due": kept.met + kept.breached + kept.open,
        "met": kept.met,
        "breached": kept.breached,
        "answered_late": kept.late,
        "retracted": kept.retracted,
        "provisional": kept.provisional,
        "open": kept.open,
        "compliance": kept.compliance,
        "causes": dict(sorted(kept.causes.items())),
    }


def _speed(speed: Speed) -> dict[str, Any]:
    return {
        "answered": speed.answered,
        "waiting": speed.waiting,
        **{
            kind: {**{f"p{each}": speed.percentile(kind, each) for each in PERCENTILES}, "mean": speed.mean(kind)}
            for kind in KINDS
        },
    }


def _percentiles(times: Sequence[int]) -> dict[str, Any]:
    speed = Speed({"wall": list(times)})
    return {
        "count": len(times),
        **{f"p{percent}": speed.percentile("wall", percent) for percent in PERCENTILES},
        "mean": sum(times) / len(times) / MICRO,
    }


def _stopped(each: Stopped) -> dict[str, Any]:
    return {"pauses": each.orders, "seconds": each.seconds, "reasons": dict(sorted(each.reasons.items()))}
