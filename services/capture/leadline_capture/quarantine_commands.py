"""`leadline quarantine list | show | release`: submissions that were kept apart, and why.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from leadline_capture.command_database import with_database
from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError

# A lead once released is no longer apart; the same submission is never decided twice, so each stands here once.
LIST: Final = """SELECT lead_id, reason, source, decided_at FROM submission s WHERE outcome = 'quarantined'
    AND NOT EXISTS (SELECT FROM submission r WHERE r.lead_id = s.lead_id AND r.outcome = 'released')
    AND (%s::text IS NULL OR reason = %s) ORDER BY decided_at DESC LIMIT %s"""
BODY: Final = "SELECT body FROM state WHERE lead_id = %s"

Lead = Annotated[UUID, typer.Argument(help="The lead, as `quarantine list` shows it.", show_default=False)]
Why = Annotated[
    str | None, typer.Option("--reason", help="Only those kept apart for this reason, as spam_honeypot or test.")
]
Most = Annotated[int, typer.Option("--most", min=1, max=10_000, help="How many, the newest first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pii = Annotated[bool, typer.Option("--pii", help="Show personal data as well.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stands in the event.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    quarantine = typer.Typer(help="Submissions kept apart as spam, test or without contact.", no_args_is_help=True)
    quarantine.command("list")(list_)
    quarantine.command()(show)

    def release(lead: Lead, reason: Reason, as_json: AsJson = False) -> None:
        """Let it be a lead: the same as `leadline leads release`, by the door with the key in LEADLINE_API_KEY."""
        app(["leads", "release", str(lead), "--reason", reason, *(["--json"] if as_json else [])])

    quarantine.command()(release)
    app.add_typer(quarantine, name="quarantine")


def list_(reason: Why = None, most: Most = 100, as_json: AsJson = False) -> None:
    """Show what is kept apart, and why."""
    from leadline_capture.core.spam import QUARANTINE_REASONS

    if reason is not None and reason not in QUARANTINE_REASONS:
        raise CommandError(f"Nothing is kept apart for {reason!r}; reasons: {', '.join(QUARANTINE_REASONS)}.", USAGE)
    found = with_database(lambda sql: sql.fetch(LIST, (reason, reason, most)))
    rows = [
        {"lead_id": str(lead), "reason": why, "source": source, "since": since} for lead, why, source, since in found
    ]
    if as_json:
        print(json.dumps(rows, indent=2, default=datetime.isoformat))
        return
    for row in rows:
        print(f"{row['lead_id']}  {row['since']:%Y-%m-%d %H:%M}  {row['reason'] or '-':<12}  {row['source'] or '-'}")
    if not rows:
        print("Nothing is kept apart.")


def show(lead: Lead, pii: Pii = False) -> None:
    """Show what a lead that is kept apart said, as JSON; without --pii only which fields it filled in."""
    from leadline_capture.state import LeadCodec
    from leadline_runtime.bodies import restored

    rows = with_database(lambda sql: sql.fetch(BODY, (lead,)))
    known = LeadCodec().decode(restored(bytes(rows[0][0]))) if rows else None
    if known is None or known.quarantine is None:
        raise CommandError(f"{lead} is not kept apart; `leadline quarantine list` shows what is.", NOT_FOUND)
    said = {field: values[0].shown for field, values in known.fields.items()}
    told: dict[str, Any] = {
        "lead_id": str(lead),
        "reason": known.quarantine.reason,
        "since": known.quarantine.since.isoformat(),
        "source": known.beginning.source,
        "requests": [each.type for each in known.requests],
        "fields": said if pii else sorted(said),
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))
