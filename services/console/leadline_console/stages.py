"""What topics tell of the stages of leads, for a person at a terminal: a lead's way, and the quarter's list."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console import cluster
from leadline_console.records import Kept, reader
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.stage import LeadStage
from leadline_schemas.topics import LEAD_STAGE, Topic
from leadline_schemas.vocabulary import WhyNotApplied

AT = "%Y-%m-%d %H:%M:%SZ"
# Why an order to bring a lead into a stage changes nothing, as the monitor names it, in words that say what to do.
WHY: Mapping[WhyNotApplied, str] = {
    "illegal": "lifecycle.yaml has no way from {before} to {to} by a {way}",
    "reason_required": "a reason is needed: --reason, with a word of lifecycle.yaml",
    "unknown_reason": "lifecycle.yaml allows no such reason for this",
    "note_required": "this reason needs words of your own beside it: --note",
    "not_qualified": "too little of budget, authority, need and timeline is recorded: --confirmed",
    "not_the_owner": "only who has the lead accepts it",
    "already": "it is {to} already",
    "known_otherwise": "something else turned out to have happened before",
    "unmerged": "the lead that it was ordered of was taken out of this one, and has it now",
}
LISTED = f"{LEAD_STAGE.event_type}.reactivation"


def listed(bootstrap: str, quarter: str | None, topic: Topic[LeadStage] = LEAD_STAGE) -> list[LeadStage]:
    """The leads on a quarter's list (None: the newest there is) that are in the archive still, best grade first."""
    with cluster.admin(bootstrap) as client:
        first, last = cluster.bounds(client, cluster.partition_counts(client, [topic.name]))
    with reader(bootstrap) as records:
        return on_list(records.until(first, last), quarter, topic)


def on_list(records: Iterable[Kept], quarter: str | None, topic: Topic[LeadStage] = LEAD_STAGE) -> list[LeadStage]:
    """The list in these records. Who was brought back since, merged or erased is not on it."""
    found: dict[bytes, dict[str, LeadStage]] = {}
    for kept in records:
        if kept.key is None or not (_is_listed(kept) or kept.key in found):
            continue  # most records are not decoded
        event = _decoded(topic, kept)
        if event is not None and (event.stage != "archived" or event.kind == "delisted"):
            found.pop(kept.key, None)
        elif event is not None and event.quarter is not None:
            found.setdefault(kept.key, {})[event.quarter] = event
    wanted = quarter or max((each for quarters in found.values() for each in quarters), default="")
    events = [quarters[wanted] for quarters in found.values() if wanted in quarters]
    return sorted(events, key=lambda each: (each.grade or "", each.lead_id))


def _is_listed(kept: Kept) -> bool:
    return (kept.header("ce_type") or "").startswith(LISTED)


def _decoded(topic: Topic[LeadStage], kept: Kept) -> LeadStage | None:
    try:
        return decode(topic, kept.value or b"")
    except Undecodable:
        return None


def listed_as_json(events: Iterable[LeadStage]) -> list[dict[str, Any]]:
    """The list for programs."""
    return [
        {"lead_id": str(e.lead_id), "quarter": e.quarter, "grade": e.grade, "reason": e.stage_reason,
         "archived_at": e.since.isoformat()}
        for e in events
    ]  # fmt: skip


def draw_listed(events: list[LeadStage], console: Console) -> None:
    """Print the list as a table."""
    if not events:
        console.print("Nobody is on the list.")
        return
    shown = Table("lead", "grade", "was", "in the archive since", box=None, pad_edge=False)
    for event in events:
        shown.add_row(str(event.lead_id), event.grade or "", event.stage_reason or "", f"{event.since:{AT}}")
    console.print(f"[bold]{events[0].quarter}[/]")
    console.print(shown)


def why_not(event: LeadStage) -> str:
    """Why an order changed nothing, in words."""
    if event.why is None:
        return "taken back"
    return WHY[event.why].format(before=event.before, to=event.to, way=event.way)


def became(word: LeadStage | None) -> dict[str, Any]:
    """What became of an order, for programs: `ordered` while nobody knows."""
    if word is None:
        return {"outcome": "ordered"}
    return {
        "outcome": "applied" if word.kind == "applied" else "not_applied", "why": word.why, "stage": word.stage,
        "since": word.since.isoformat(), "status": word.status,
    }  # fmt: skip


def draw_order(ordered: UUID, word: LeadStage | None, console: Console) -> None:
    """What became of an order, in a line or two."""
    if word is None:
        console.print(f"[green]ordered[/] {ordered}; nobody has told yet what becomes of it")
        return
    if word.kind == "applied":
        console.print(Text(f"applied: {words(word)}", style="green"))
    console.print(Text(f"now {word.stage} since {word.since:{AT}}, {word.status}"))


def draw_stages(events: list[LeadStage], console: Console) -> None:
    """Print a lead's way through the stages, one word a line."""
    for event in events:
        console.print(Text(f"  {event.occurred_at:{AT}}  {words(event)}"))
    newest = events[-1]
    console.print(Text(f"  now {newest.stage} since {newest.since:{AT}}, {newest.status}", style="bold"))


def words(event: LeadStage) -> str:
    """One word of it as a sentence."""
    by = f" by {event.author}" if event.author else ""
    reason = f" ({event.reason})" if event.reason else ""
    told = f", told {', '.join(event.told)}" if event.told else ""
    if event.kind == "reactivation":
        return f"on the list of {event.quarter}, grade {event.grade}"
    if event.kind == "delisted":
        return f"on no list any more: {event.reason}"
    if event.kind == "stale":
        since = f"{event.quiet_since:%Y-%m-%d}" if event.quiet_since else "long ago"
        return f"silent since {since}: {event.action}{told}"
    way = f"{event.before} → {event.to}{reason}, {event.way}{by}"
    if event.kind == "not_applied":
        return f"not applied: {way}: {event.why}{told}"
    return f"taken back: {way}: {event.why}{told}" if event.kind == "reverted" else f"{way}{told}"
