"""`leadline import --dry-run`: counts first, then rows of each kind, and what a person should look at."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from leadline_capture.core.csv_report import defused
from leadline_capture.edge.keys import stored_keys
from leadline_capture.edge.parts import SCHEMA
from leadline_capture.imports.command import say
from leadline_capture.imports.planning import Rows, Table
from leadline_capture.imports.running import Shown
from leadline_capture.imports.trial import KINDS, Kind, Sender, Tally, Trial, told
from leadline_capture.imports.trial_store import NothingStored, Reads, TrialStore
from leadline_capture.rules import SPEC
from leadline_runtime.command_errors import UNREACHABLE, CommandError
from leadline_runtime.command_settings import setting
from leadline_runtime.rules import load_rules
from leadline_runtime.sql import DatabaseTrouble, Sql

_THERE: Final = "SELECT to_regclass('submission') IS NOT NULL AND to_regclass('api_key') IS NOT NULL"
_WORDS: Final[dict[Kind, str]] = {
    "new": "new leads",
    "merged": "merged into leads that are known",
    "duplicate_in_file": "merged into the lead of an earlier row of the file",
    "known": "known already: nothing changes",
    "quarantined": "kept apart",
    "rejected": "rejected: nobody can say what they mean",
}


def dry_run(table: Table, rules: Path | None, as_json: bool) -> None:
    """Print what an import would do. Nothing is written. Raises CommandError, RulesError."""
    try:
        tally = asyncio.run(_tried(table, rules))
    except DatabaseTrouble as trouble:
        raise CommandError(f"{trouble}. Does it run? `leadline status` shows the local one.", UNREACHABLE) from None
    if as_json:
        print(json.dumps(_whole(table, tally), indent=2, ensure_ascii=False))
    else:
        _show(tally)


async def _tried(table: Table, rules: Path | None) -> Tally:
    url = setting("LEADLINE_DATABASE_URL")
    if not url:
        say("look: without LEADLINE_DATABASE_URL nothing is known of the leads that there are; all seem new")
        return await _decided(table, rules, NothingStored(), Sender())
    sql = Sql(url, SCHEMA, timeout_s=30.0)
    try:
        ((there,),) = await sql.fetch(_THERE)
        return await _decided(table, rules, sql if there else NothingStored(), await _sender(sql, there))
    finally:
        await sql.close()


async def _sender(sql: Sql, there: bool) -> Sender:
    """Who would send the rows: the key in LEADLINE_API_KEY says whose they are and if it is trusted."""
    key_id = (setting("LEADLINE_API_KEY") or "").removeprefix("ll_").partition("_")[0]
    found = [key for key in await stored_keys(sql) if key.id == key_id] if there else []
    if not found:
        say("look: without a known key in LEADLINE_API_KEY ids of other systems and owners count for nothing")
        return Sender()
    return Sender(found[0].source, found[0].id, found[0].trusted)


async def _decided(table: Table, rules: Path | None, stored: Reads, sender: Sender) -> Tally:
    store, rows = TrialStore(stored), Rows(table)
    shown = Shown(table.file.size, 0, lambda: rows.lines.position)
    trial = Trial(store, load_rules(SPEC, rules), sender, datetime.now(UTC))
    try:
        while await trial.take(rows):
            shown.show(trial.tally.rows)
    finally:
        shown.end(trial.tally.rows)
        rows.lines.close()
        store.close()
    return trial.tally


def _whole(table: Table, tally: Tally) -> dict[str, Any]:
    columns = [{"column": one.title, "field": one.target.name, "by": one.by} for one in table.columns]
    said = {"encoding": table.encoding, "delimiter": table.delimiter, "header": table.header}
    return {**told(tally), "read_as": {**said, "columns": columns, "look_at": list(table.warnings)}}


def _show(tally: Tally) -> None:
    width = len(f"{tally.rows:,}")
    print(f"{tally.rows:,} rows; nothing was written. An import would make of them:")
    for kind in KINDS:
        why = ", ".join(f"{reason} {count:,}" for reason, count in tally.reasons.most_common())
        more = f" ({why})" if kind == "quarantined" and why else ""
        print(f"  {tally.counts[kind]:>{width},}  {_WORDS[kind]}{more}")
    if tally.noted:
        print(f"  {tally.noted:>{width},}  of them accepted with something odd: the report of the import tells what")
    if tally.alike:
        print(f"  {tally.alike:>{width},}  of the new ones look like a known lead: suggested to a person, never merged")
    if tally.changes:
        fields = ", ".join(f"{name} {count:,}" for name, count in tally.changes.most_common())
        print(f"of known leads would change: {fields}")
    for kind in KINDS:
        for one in tally.samples.get(kind, ()):
            print(defused(f"row {one.row} (line {one.line}): {kind.replace('_', ' ')}: {one.says}"))
