"""Dead notices made ready again."""

import json
from collections.abc import Sequence
from typing import Any, Final

from leadline_notify.notify_commands.tables import uuid_in, with_tables
from leadline_notify.rules import SPEC
from leadline_runtime.clock import NOW
from leadline_runtime.command_errors import NOT_FOUND, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.command_terminal import terminal
from leadline_runtime.rules import load_rules
from leadline_runtime.sql import Sql

RETRY: Final = f"""
    UPDATE notice SET status = 'ready', reason = NULL, fault = NULL, ended_at = NULL, attempts = 0, aside = false,
      try_at = {NOW}, give_up_at = {NOW} + %b::interval, gone_at = coalesce(gone_at, {NOW})
    WHERE status = 'dead' AND (id = ANY(%b::uuid[]) OR endpoint = %b::text) RETURNING id"""  # noqa: S608 - our own text


def retried(ids: Sequence[str], endpoint: str | None, *, as_json: bool) -> None:
    """Have them tried again and say how many. Raises CommandError if one of the ids is of none that is dead."""
    wanted = [uuid_in(each, "notice") for each in ids]
    give_up = load_rules(SPEC, rules_directory()).rules.retry.give_up

    async def done(sql: Sql) -> list[tuple[Any, ...]]:
        return await sql.fetch(RETRY, (give_up, wanted, endpoint))

    found = {row[0] for row in with_tables(done)}
    missing = [str(each) for each in wanted if each not in found]
    if as_json:
        print(json.dumps({"retried": sorted(map(str, found)), "not_dead": missing}, indent=2))
    elif found or not missing:
        terminal().print(f"{len(found)} notices are tried again.")
    if missing:
        raise CommandError(f"Not dead, or not known: {', '.join(missing)}. `leadline notify list --dead`.", NOT_FOUND)
