"""A routing decision for a person at a terminal; for packages that bring rich."""

from collections.abc import Callable, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_runtime.core.values import dataclass
from leadline_schemas.routed import Candidate, LeadRouted

AT = "%Y-%m-%d %H:%M:%SZ"
# What made route decide. {before}: who had the lead until then.
_MOVERS = {
    "scored": "a new scorecard",
    "override": "a person who set the score",
    "owner_clock_lapsed": "the clock: {before} did not answer in time",
    "sla_ladder": "the ladder of a promise that {before} did not keep",
    "released": "the clock: somebody who may have the lead is there now",
    "accepted": "{before}, who accepted",
    "declined": "{before}, who declined",
    "claimed": "a person who claimed it",
    "reassigned": "a person",
    "returned": "a person who gave it back, or took it from {before}",
    "owner_left": "the roster: {before} is no longer active",
    "owner_away": "the roster: {before} is away past the first promise",
    "merged": "a merge with another lead",
    "unmerged": "a merge that was undone",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What today's team file says of a candidate: its local time at the decision, its caps in words."""

    local_time: str = ""
    caps: str = ""


NOTHING = Known()
About = Callable[[str, datetime], Known]


def nothing(member: str, at: datetime) -> Known:
    """No team file is at hand."""
    return NOTHING


def mover(event: LeadRouted, before: str | None) -> str:
    """Who or what made route decide; `before`: who had the lead until then."""
    told = _MOVERS.get(event.cause, event.cause).format(before=before or "the owner")
    return f"{told} ({event.reason})" if event.reason else told


def draw_routed(event: LeadRouted, console: Console, about: About = nothing) -> None:
    """Every rule that was tried, every candidate with its numbers, the channels, and by which rules."""
    for tried in event.rules_tried:
        console.print(Text(f"    not {tried.rule}: {tried.why}"))
    if event.candidates:
        console.print(_candidates(event, about))
    for allowed in event.allowed_channels:
        verdict = "may" if allowed.allowed else "may not"
        console.print(Text(f"    {verdict} be written to by {allowed.channel} ({allowed.purpose}): {allowed.why}"))
    console.print(f"    rules {event.basis.rules.version} ({event.basis.rules.digest})")


def _candidates(event: LeadRouted, about: About) -> Table:
    known = [about(each.id, event.basis.decided_at) for each in event.candidates]
    columns: list[tuple[str, Sequence[str]]] = [
        ("  candidate", [f"  {each.id}" for each in event.candidates]),
        ("", ["chosen" if each.chosen else each.reason for each in event.candidates]),
        ("why", [each.why for each in event.candidates]),
        ("balance", [_balance(each, event) for each in event.candidates]),
        ("open", ["" if each.open is None else str(each.open) for each in event.candidates]),
        ("caps", [each.caps for each in known]),
        ("local time", [each.local_time for each in known]),
        ("there from", [f"{each.available_from:{AT}}" if each.available_from else "" for each in event.candidates]),
    ]
    told = [(heading, cells) for heading, cells in columns if any(cells)]
    table = Table(*[heading for heading, _ in told], box=None, pad_edge=True, padding=(0, 1))
    for row, each in enumerate(event.candidates):
        table.add_row(*[Text(cells[row]) for _, cells in told], style="green" if each.chosen else "")
    return table


def _balance(each: Candidate, event: LeadRouted) -> str:
    """Leads owed before and after the decision; what it was compared by stands in `why`."""
    before, after = event.balance_before.get(each.id), event.balance_after.get(each.id)
    if before is None or after is None:
        return each.balance or ""
    return f"{before} → {after}" if before != after else before
