"""`leadline sla pause | resume`: a person lets a lead's promises stand still, and is told what the monitor made of it.

They are in the group that the monitor's own package brings, as they go by the door and read topics, which it does not.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from leadline_console import options, output
from leadline_console.commands.leads import Author, Wait, check, give
from leadline_console.commands.send import Edge
from leadline_console.errors import Exit, UserError
from leadline_console.groups import group_of
from leadline_console.moments import from_now
from leadline_console.ordering import awaited, told_of
from leadline_console.pauses import draw_pauses, shown
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_SLA

Lead = Annotated[UUID, typer.Argument(help="The lead.", show_default=False)]
Until = Annotated[
    str, typer.Option("--until", help="Until when: 2026-03-10T15:00:00Z, or how long from now, as 4h or 1d.",
                      show_default=False)
]  # fmt: skip
Reason = Annotated[
    str, typer.Option("--reason", help="A word of sla.yaml, as call_me_after or manager.", show_default=False)
]
Note = Annotated[str | None, typer.Option("--note", help="Why, in your own words; it stands in the event.")]
Automated = Annotated[bool, typer.Option("--automated", help="A machine orders it, not a person.")]


def register(app: typer.Typer) -> None:
    """Add them to the group `sla`, which is made if the monitor's package is not there."""
    group = group_of(app, "sla", "What was promised to leads, and promises that stand still.")
    group.command()(pause)
    group.command()(resume)


def pause(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    kafka: options.Kafka,
    author: Author,
    lead: Lead,
    until: Until,
    reason: Reason,
    *,
    note: Note = None,
    automated: Automated = False,
    wait: Wait = 15,
    as_json: options.Json = False,
) -> None:
    """Let the lead's promises stand still until an end, three working days in all at most: because the lead asked to be
    called later, until it confirms that it may be written to, or because its manager says so. Shows when they are due
    now, or why not. Exit code 1 if nothing stands still."""
    order = {
        "kind": "sla.pause", "lead_id": str(lead), "author": author, "reason": note or reason,
        "pause": {"reason": reason, "until": from_now(until, "--until", datetime.now(UTC)).isoformat(),
                  "automated": automated},
    }  # fmt: skip
    told = give(edge, order, wait)
    mine = str(told["submission_id"])
    _answer(told, kafka, wait, as_json=as_json, about=lambda event: str(event.ordered_by) == mine)


def resume(  # noqa: PLR0913 - one parameter an option
    edge: Edge,
    kafka: options.Kafka,
    author: Author,
    lead: Lead,
    *,
    note: Note = None,
    wait: Wait = 15,
    as_json: options.Json = False,
) -> None:
    """Let the lead's promises run again now. Shows when they are due. Exit code 1 if nothing stood still."""
    options.await_kafka(kafka)
    last = max((event.revision for event in told_of(kafka, lead, LEAD_SLA)), default=0)
    order = {"kind": "sla.resume", "lead_id": str(lead), "author": author, "reason": note or "resumed"}
    told = give(edge, order, wait)
    _answer(told, kafka, wait, as_json=as_json, about=lambda e: e.kind == "resumed" and e.revision > last)


def _answer(
    told: dict[str, Any], kafka: str, wait: float, *, as_json: bool, about: Callable[[LeadSla], bool]
) -> None:  # fmt: skip
    check(told)
    found = awaited(kafka, told, wait, LEAD_SLA, about)
    promises = [shown(event) for event in found]
    output.answer({**told, "promises": promises}, as_json, lambda console: draw_pauses(promises, console))
    if not found:
        raise UserError(
            "It is ordered, and nothing of the lead was told to stand still or to run again: nothing is open that"
            " could, or the monitor has yet to read it. `leadline explain LEAD` shows it.", Exit.FAILED,
        )  # fmt: skip
    if all(event.kind == "pause_refused" for event in found):
        raise UserError("Nothing stands still.", Exit.FAILED)
