"""Notices for a person, or for a program."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from leadline_notify.notify_commands.tables import at, plain, uuid_in, with_tables
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql

FIND: Final = """
    SELECT id, lead_id, kind, recipient, channel, endpoint, status, reason, fault, attempts, made_at, due_at, try_at,
      ended_at, digest
    FROM notice
    WHERE (%b::text IS NULL OR status = %b::text) AND (%b::text IS NULL OR recipient = %b::text)
      AND (%b::text IS NULL OR endpoint = %b::text) AND (%b::uuid IS NULL OR lead_id = %b::uuid)
    ORDER BY made_at DESC, number DESC LIMIT %b::int"""
COLUMNS: Final = ("id", "lead_id", "kind", "recipient", "channel", "endpoint", "status", "reason", "fault", "attempts",
                  "made_at", "due_at", "try_at", "ended_at", "digest")  # fmt: skip
COLOURS: Final = {"dead": "red", "ready": "yellow", "dropped": "dim", "sent": "green"}


@dataclass(frozen=True, slots=True)
class Question:
    """Which notices; None: any."""

    status: str | None
    recipient: str | None
    endpoint: str | None
    lead: str | None
    most: int


def show(question: Question, *, as_json: bool) -> None:
    """Print them. Raises CommandError."""
    rows = with_tables(lambda sql: found(sql, question))
    if as_json:
        print(json.dumps(rows, indent=2, default=plain))
    else:
        _draw(rows)


async def found(sql: Sql, question: Question) -> list[dict[str, Any]]:
    """The notices, the newest last."""
    lead = uuid_in(question.lead, "lead") if question.lead is not None else None
    given = [each for one in (question.status, question.recipient, question.endpoint, lead) for each in (one, one)]
    rows = await sql.fetch(FIND, (*given, question.most))
    return [dict(zip(COLUMNS, row, strict=True)) for row in reversed(rows)]


def _draw(rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        terminal().print("No such notices.")
        return
    shown = Table("id", "made", "to", "by", "of", "lead", "how it stands", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        way = row["channel"] if row["channel"] == row["endpoint"] else f"{row['channel']} {row['endpoint']}"
        cells = (str(row["id"]), at(row["made_at"]), row["recipient"], way, row["kind"], str(row["lead_id"] or ""))
        shown.add_row(*map(Text, cells), Text(_standing(row), style=COLOURS.get(row["status"], "")))
    terminal().print(shown)


def _standing(row: Mapping[str, Any]) -> str:
    status, why = row["status"], row["reason"] or ""
    if status == "ready":
        tried = f", tried {row['attempts']} times" if row["attempts"] else ""
        return f"ready{tried}, next {at(row['try_at'])}" + (f" ({row['fault']})" if row["fault"] else "")
    if status == "waiting":
        return f"waiting until {at(row['due_at'])}"
    if status == "digested":
        return f"told in {row['digest']}"
    if status == "dead":
        return f"dead since {at(row['ended_at'])}: {why}" + (f" ({row['fault']})" if row["fault"] else "")
    return f"{status} {at(row['ended_at'])}" + (f": {why}" if why else "")
