"""The review list, read from score's schema."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from rich.table import Table

from leadline_runtime.command_database import with_schema
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_terminal import terminal
from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql
from leadline_score.migrations import ALL

COLUMNS = """lead_id, state, since, rules_version, rules_digest, grade_before, signal_before, grade, signal, author,
    decided_at"""
WAITING = f"""SELECT {COLUMNS} FROM review WHERE state = 'waiting' OR %b::boolean
    ORDER BY since, lead_id LIMIT %b::int"""  # noqa: S608
ONE = f"SELECT {COLUMNS} FROM review WHERE lead_id = %b::uuid"  # noqa: S608
COUNT = "SELECT count(*) FROM review WHERE state = 'waiting'"
AT = "%Y-%m-%d %H:%MZ"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A lead on the list: since when and by which rules it qualifies, what it was before and is now, who decided."""

    lead_id: UUID
    state: str
    since: datetime
    rules_version: str
    rules_digest: str
    grade_before: str
    signal_before: str
    grade: str
    signal: str
    author: str | None
    decided_at: datetime | None


def show_list(most: int, *, dismissed: bool, as_json: bool) -> None:
    """Print who is on the list, and on stderr how many more wait. Raises CommandError."""

    async def read(sql: Sql) -> tuple[list[Waiting], int]:
        rows = await sql.fetch(WAITING, (dismissed, most))
        counted = await sql.fetch(COUNT)
        return [Waiting(*row) for row in rows], int(counted[0][0])

    found, waiting = with_schema("score", read, ALL)
    if as_json:
        print(json.dumps([asdict(each) for each in found], default=str, indent=2))
    elif found:
        _draw(found)
    shown = sum(each.state == "waiting" for each in found)
    if waiting == 0:
        print("Nobody waits for a word.", file=sys.stderr)
    elif waiting > shown:
        print(f"{waiting - shown:,} more wait; --most shows them.", file=sys.stderr)


def show_one(lead: UUID, *, as_json: bool) -> None:
    """Print one lead of the list. Raises CommandError if it is not on it."""

    async def read(sql: Sql) -> list[Waiting]:
        return [Waiting(*row) for row in await sql.fetch(ONE, (lead,))]

    found = with_schema("score", read, ALL)
    if not found:
        raise CommandError(
            f"{lead} is not on the review list; `leadline explain {lead}` shows how it stands.", NOT_FOUND
        )
    one = found[0]
    if as_json:
        print(json.dumps(asdict(one), default=str, indent=2))
        return
    console = terminal()
    console.print(
        f"{one.lead_id} qualifies by rules {one.rules_version} ({one.rules_digest[:8]}) alone, since {one.since:{AT}}."
    )
    console.print(f"Before: {one.grade_before}, {one.signal_before}. Now: {one.grade}, {one.signal}.")
    if one.state == "dismissed":
        console.print(
            f"Dismissed by {one.author}, {one.decided_at:{AT}}; an act of its own or a release brings it to somebody."
        )
    else:
        console.print("It is with nobody until it acts itself or a person says so.")


def _draw(found: Sequence[Waiting]) -> None:
    table = Table("lead", "since", "rules", "before", "now", "state", box=None, padding=(0, 1))
    for each in found:
        state = f"dismissed by {each.author}" if each.state == "dismissed" else each.state
        table.add_row(
            str(each.lead_id), f"{each.since:{AT}}", f"{each.rules_version} ({each.rules_digest[:8]})",
            f"{each.grade_before} {each.signal_before}", f"{each.grade} {each.signal}", state,
        )  # fmt: skip
    terminal().print(table)
