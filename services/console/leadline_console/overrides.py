"""What people set in place of computed scores, as the newest scorecards show it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console import cluster
from leadline_console.records import Kept, reader
from leadline_console.story import read_story
from leadline_runtime.command_scored import override_target, said
from leadline_runtime.core.values import dataclass
from leadline_runtime.masking import MASK
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.scored import LeadScored, Override
from leadline_schemas.topics import LEAD_SCORED, Topic

AT = "%Y-%m-%d %H:%MZ"
_SOME = b'"overrides":[{'


@dataclass(frozen=True)
class Overridden:
    """One override with the lead whose score it changes. `over`: its time is up and the lead not yet judged anew."""

    lead_id: UUID
    override: Override
    over: bool


def of_lead(bootstrap: str, lead_id: UUID, topic: Topic[LeadScored] = LEAD_SCORED, *, pii: bool) -> list[Overridden]:
    """Those of one lead. Raises UserError if no scorecard of it is known."""
    story = read_story(bootstrap, lead_id, {"scored": topic})
    return shown(story.scored[-1:], datetime.now(UTC), pii=pii)


def of_all_leads(bootstrap: str, topic: Topic[LeadScored] = LEAD_SCORED, *, pii: bool) -> list[Overridden]:
    """Those of all leads; each scorecard in the topic is looked at once."""
    with cluster.admin(bootstrap) as client:
        first, last = cluster.bounds(client, cluster.partition_counts(client, [topic.name]))
    with reader(bootstrap) as records:
        return shown(newest(records.until(first, last)), datetime.now(UTC), pii=pii)


def newest(records: Iterable[Kept]) -> list[LeadScored]:
    """The newest scorecard of each lead, of those that hold overrides; most records are not decoded."""
    found: dict[bytes, bytes] = {}
    for kept in records:
        if kept.key is None or kept.value is None:
            continue
        if _SOME in kept.value:
            found[kept.key] = kept.value
        else:
            found.pop(kept.key, None)
    return [event for value in found.values() if (event := _decoded(value)) is not None]


def _decoded(value: bytes) -> LeadScored | None:
    try:
        return decode(LEAD_SCORED, value)
    except Undecodable:
        return None


def shown(events: Iterable[LeadScored], now: datetime, *, pii: bool) -> list[Overridden]:
    """The overrides on these scorecards, those that end first first. Without `pii` the reasons are masked."""
    found = [
        Overridden(event.lead_id, each if pii else each.model_copy(update={"reason": MASK}), each.until <= now)
        for event in events
        for each in event.scorecard.overrides or ()
    ]
    return sorted(found, key=lambda one: (one.override.until, one.lead_id))


def draw_overrides(found: list[Overridden], console: Console) -> None:
    """Print them as a table."""
    if not found:
        console.print("Nothing is overridden.")
        return
    table = Table("lead", "what", "set to", "computed", "by", "since", "until", "why", box=None, padding=(0, 1))
    for one in found:
        each = one.override
        until = f"{each.until:{AT}}" + (" (over)" if one.over else "")
        why = f"{each.reason}; without effect: {each.without_effect}" if each.without_effect else each.reason
        table.add_row(
            str(one.lead_id), override_target(each), said(each, each.value), said(each, each.computed),
            Text(each.author), f"{each.since:{AT}}", until, Text(why),
        )  # fmt: skip
    console.print(table)
