"""What was told of promises that stand still, for a person at a terminal."""

from typing import Any

from rich.console import Console
from rich.text import Text

from leadline_schemas.sla import LeadSla

AT = "%Y-%m-%d %H:%M:%SZ"
# Why an order to pause changes nothing, as the monitor names it, in words that say what to do.
REFUSED = {
    "unknown_reason": "sla.yaml has no such reason; its list stands under pauses",
    "not_for_this_target": "this target does not stand still for that reason",
    "not_allowed": "that reason is not for who ordered it; sla.yaml says whose it is",
    "not_the_manager": "only who is or was a manager of this lead may give that reason",
    "no_end": "it has no end",
    "over_already": "it was over when it was ordered",
    "too_long": "it is longer than sla.yaml allows, alone or with those before it: three working days unless changed",
    "told_too_late": "it was told too long after it began",
    "after_due": "it was due already",
}


def shown(event: LeadSla) -> dict[str, Any]:
    """What an event says of a pause, for programs."""
    names = ("kind", "clock", "target", "cycle_number", "owner", "reason", "by")
    times = ("due_before", "due_at", "until")
    return {
        **{name: getattr(event, name) for name in names},
        **{name: at.isoformat() if (at := getattr(event, name)) else None for name in times},
    }


def pause_words(event: LeadSla) -> str:
    """One line of a story: what stands still or runs again, or why not."""
    if event.kind == "pause_refused":
        return f"pause refused: {REFUSED.get(event.reason or '', event.reason)}"
    before = f", was {event.due_before:{AT}}" if event.due_before else ""
    due = f"due {event.due_at:{AT}}{before}"
    if event.kind == "resumed":
        stood = f" after {event.paused_s:g} s" if event.paused_s is not None else ""
        return f"runs again{stood}: {due}"
    until = f" until {event.until:{AT}}" if event.until else ""
    by = f" by {event.by}" if event.by else ""
    return f"stands still{until}{by} ({event.reason}): {due}"


def draw_pauses(promises: list[dict[str, Any]], console: Console) -> None:
    """One line for each promise that an order was about."""
    for each in promises:
        name = f"{each['clock']} {each['target']}"
        if each["kind"] == "pause_refused":
            console.print(Text(f"{name}: {REFUSED.get(each['reason'], each['reason'])}", style="red"))
            continue
        still = "stands still" if each["kind"] == "paused" else "runs again"
        before = f", was {each['due_before']}" if each["due_before"] else ""
        console.print(Text(f"{name}: {still}, due {each['due_at']}{before}"))
