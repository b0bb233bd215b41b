"""A lead's story for a person at a terminal."""

import json

from rich.console import Console
from rich.table import Table
from rich.text import Text

from leadline_console.pauses import pause_words
from leadline_console.review_view import draw_review
from leadline_console.stages import draw_stages
from leadline_console.story import Story, promises
from leadline_console.summary import summary
from leadline_runtime.command_routed import draw_routed
from leadline_runtime.command_scored import draw_scorecard
from leadline_schemas.codec import encode_model
from leadline_schemas.enriched import LeadEnriched
from leadline_schemas.lead import Lead
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla

AT = "%Y-%m-%d %H:%M:%SZ"
PAUSES = frozenset({"paused", "resumed", "pause_refused"})


def draw(story: Story, console: Console) -> None:
    """Print the story in the order in which it happened, chapter by chapter."""
    console.print(f"[bold]Lead {story.lead_id}[/]")
    if story.unreadable:
        console.print(f"[red]{story.unreadable} event(s) could not be decoded and are not told here[/]")
    _came_in(story, console)
    if story.enriched:
        _known(story.enriched[-1], console)
    if story.scored:
        _title(f"How it was judged ({len(story.scored)} scorecard(s), the newest in full)", console)
        for event in story.scored[:-1]:
            console.print(f"  {event.scorecard.as_of:{AT}}  {summary(event)}")
        newest = story.scored[-1]
        draw_scorecard(newest.scorecard, console)
        if newest.review is not None:
            draw_review(story.lead_id, newest.review, console)
    if story.routed:
        _title("Who has it", console)
        for routed in story.routed:
            _routed(routed, console)
    if story.stages:
        _title("Its way through the stages", console)
        draw_stages(story.stages, console)
    if story.sla:
        _title("What was promised", console)
        for told in promises(story.sla):
            _promise(told, console)


def table(*headings: str) -> Table:
    """A plain table, indented like its chapter."""
    return Table(*headings, box=None, pad_edge=True, padding=(0, 1))


def _title(text: str, console: Console) -> None:
    console.print(f"\n[bold]{text}[/]")


def _came_in(story: Story, console: Console) -> None:
    _title("What came in", console)
    for event in story.captured:
        console.print(Text(f"  {event.received_at:{AT}}  {summary(event)}"))
    if story.captured:
        _lead(story.captured[-1].lead, console)
    if story.activities:
        _title("What happened", console)
        for one in sorted(story.activities, key=lambda event: event.activity.occurred_at):
            console.print(Text(f"  {one.activity.occurred_at:{AT}}  {summary(one)}"))


def _lead(lead: Lead, console: Console) -> None:
    shown = table()
    shown.show_header = False
    for name, value in json.loads(encode_model(lead)).items():
        if value not in ([], {}, None):
            shown.add_row(name, Text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)))
    console.print(shown)


def _known(event: LeadEnriched, console: Console) -> None:
    _title("What was known", console)
    shown = table("fact", "value", "from", "sure", "at", "")
    for name, fact in sorted(event.facts.items()):
        value = f"– ({fact.absent})" if fact.absent else json.dumps(fact.value, ensure_ascii=False)
        flags = ", ".join((fact.written, *fact.flags)) if not fact.absent else ""
        sure = "" if fact.absent else f"{fact.confidence:.0%}"
        shown.add_row(name, Text(value), fact.provider, sure, f"{fact.at:{AT}}", flags)
    console.print(shown)
    if event.account:
        console.print(
            f"  account {event.account.domain}: {event.account.status}, owner {event.account.owner or 'none'}"
        )


def _routed(event: LeadRouted, console: Console) -> None:
    console.print(Text(f"  {event.basis.decided_at:{AT}}  #{event.assignment} {summary(event)}", style="bold"))
    draw_routed(event, console)


def _promise(told: list[LeadSla], console: Console) -> None:
    first = told[0]
    duration = f"{first.duration_s:g} s {first.mode}" + (f" on {first.calendar}" if first.calendar else "")
    name = f"{first.policy or first.clock}: {first.target}"
    console.print(
        Text(f"  {first.clock} clock, {name}: {duration}, {first.start:{AT}} → due {first.due_at:{AT}}", style="bold")
    )
    for skipped in first.skipped:
        console.print(f"    closed {skipped.start:{AT}} → {skipped.end:{AT}}")
    for event in told:
        console.print(Text(f"    {event.occurred_at:{AT}}  {_happened(event)}"))


def _happened(event: LeadSla) -> str:
    if event.kind in PAUSES:
        return pause_words(event)
    told = f" (told {', '.join(event.told)})" if event.told else ""
    answer = f" by {event.response.kind} of {event.response.by or 'the system'}" if event.response else ""
    elapsed = f" after {event.elapsed_s:g} s" if event.elapsed_s is not None and event.kind != "breached" else ""
    late = f", {event.late_by_s:g} s late" if event.late_by_s else ""
    level = f" at {event.level} %" if event.kind in ("warned", "escalated") else ""
    then = f", asks for: {event.then}" if event.then else ""
    reason = f": {event.reason}" if event.reason else ""
    cause = f", cause {event.cause}" if event.cause else ""
    detected = f", noticed {event.detected_at:{AT}}" if event.kind == "breached" else ""
    if event.due_before is not None and event.kind == "moved":
        return f"moved from due {event.due_before:{AT}} to {event.due_at:{AT}}, counted by {event.calendar_version}"
    return f"{event.kind}{level}{then}{answer}{elapsed}{late}{cause}{reason}{detected}{told}"
