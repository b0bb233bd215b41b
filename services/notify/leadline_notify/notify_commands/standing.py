"""How endpoints stand, for a person or a program; and calling one again that had said it is gone."""

import json
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from leadline_notify.notify_commands.tables import at, plain, with_tables
from leadline_notify.rules import SPEC
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.command_terminal import terminal
from leadline_runtime.rules import load_rules
from leadline_runtime.sql import Sql

FIND: Final = """
    WITH open AS (
      SELECT endpoint AS name, count(*) FILTER (WHERE status = 'dead') AS dead,
        count(*) FILTER (WHERE status IN ('waiting', 'ready')) AS open
      FROM (SELECT endpoint, status FROM notice WHERE status = 'waiting'
        UNION ALL SELECT endpoint, status FROM notice WHERE status = 'ready'
        UNION ALL SELECT endpoint, status FROM notice WHERE status = 'dead') AS each GROUP BY endpoint)
    SELECT name, failing_since, disabled_at, answered_at, fault, coalesce(open.open, 0), coalesce(open.dead, 0)
    FROM endpoint FULL JOIN open USING (name) ORDER BY name"""
ENABLE: Final = "UPDATE endpoint SET disabled_at = NULL, failing_since = NULL WHERE name = %b::text RETURNING name"
COLUMNS: Final = ("name", "failing_since", "disabled_at", "answered_at", "fault", "open", "dead")


def show(*, as_json: bool) -> None:
    """Print all of which anything is known. Raises CommandError."""
    rows = with_tables(_found)
    if as_json:
        print(json.dumps(rows, indent=2, default=plain))
        return
    if not load_rules(SPEC, rules_directory()).rules.contacts:
        said = "notify.yaml names no contacts: nobody is told anything. docs/notices.md says how to set it up."
        terminal().print(Text(said, style="red"))
    if not rows:
        terminal().print("Nothing was ever sent anywhere.")
        return
    shown = Table("endpoint", "how it stands", "open", "dead", box=None, header_style="dim", pad_edge=False)
    for row in rows:
        said, style = _said(row)
        shown.add_row(Text(row["name"]), Text(said, style=style), str(row["open"]), str(row["dead"]))
    terminal().print(shown)


def enable(endpoint: str, *, as_json: bool) -> None:
    """Call it again. Raises CommandError for one that nobody knows."""

    async def done(sql: Sql) -> list[tuple[Any, ...]]:
        return await sql.fetch(ENABLE, (endpoint,))

    if not with_tables(done):
        problem = f"Nothing was ever sent to an endpoint {endpoint}; `leadline notify endpoints` shows those there are."
        raise CommandError(problem, NOT_FOUND)
    if as_json:
        print(json.dumps({"enabled": endpoint}))
    else:
        terminal().print(
            f"{endpoint} is called again. To repeat what was given up: `notify retry --endpoint {endpoint}`."
        )


async def _found(sql: Sql) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in await sql.fetch(FIND)]


def _said(row: dict[str, Any]) -> tuple[str, str]:
    if row["disabled_at"] is not None:
        return f"gone (410) since {at(row['disabled_at'])}: not called any more", "red"
    if row["failing_since"] is not None:
        return f"takes nothing since {at(row['failing_since'])}: {row['fault']}", "red"
    if row["answered_at"] is not None:
        return f"well, as of {at(row['answered_at'])}", "green"
    return "not called yet", "dim"
