"""The steps of `leadline import`, each with the errors that a person can put right."""

import json
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from leadline_capture.core.csv_columns import BadMapping, Words
from leadline_capture.import_rules import COLUMNS, FILE
from leadline_capture.imports.door import RemoteDoor
from leadline_capture.imports.journal import Busy, Foreign, Journal, Progress
from leadline_capture.imports.options import mapping_of, options_of
from leadline_capture.imports.planning import Table, check_contact, understand
from leadline_capture.imports.reading import examine
from leadline_capture.imports.running import FileChanged, run_import
from leadline_runtime.command_errors import FAILED, USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.rules import load_rules
from leadline_schemas.ids import derived_id

INTERRUPTED: Final = 130


def understood(file: Path, given: Mapping[str, Any], words: Words) -> Table:
    """The file, looked at. Raises CommandError with what is wrong and what to do."""

    try:
        pairs = {**_map_file(given["map_file"]), **mapping_of(given["map"])}
        options = options_of({**given, "map": pairs})
        table = understand(examine(file), options, words)
        check_contact(table)
    except BadMapping as wrong:
        raise CommandError(str(wrong), USAGE) from None
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or "it is no whole gzip file"
        raise CommandError(f"{file} cannot be read: {why}.", USAGE) from None
    return table


def _map_file(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise CommandError(f'{file} cannot be read as JSON, such as {{"Column": "field"}}.', USAGE) from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise CommandError(f'{file} must hold one object, such as {{"Column": "field"}}.', USAGE)
    return found


def words_of(directory: Path | None) -> Words:
    """What columns are called. Raises RulesError, which names file and place, and CommandError."""
    if directory is not None and not (directory / FILE).is_file():
        raise CommandError(f"There is no {FILE} in {directory}.", USAGE)
    return load_rules(COLUMNS, rules_folder(directory)).rules


def rules_folder(directory: Path | None) -> Path | None:
    """Where rules are that do not ship: as given, else by LEADLINE_RULES_DIR."""
    return directory or rules_directory()


def journal_of(table: Table, report: Path | None, edge: str, key: str) -> Journal:
    """The report and journal of this list at this door with this key, opened. Raises CommandError."""

    path = table.file.path
    key_id = key.removeprefix("ll_").partition("_")[0]
    import_id = derived_id("import", table.import_id, edge.rstrip("/"), key_id).hex
    journal = Journal(report or path.with_name(f"{path.stem}.import-{import_id[:8]}.csv"), import_id)
    try:
        journal.open()
    except Busy:
        raise CommandError(f"Another process imports this file just now ({journal.path}).", USAGE) from None
    except Foreign:
        raise CommandError(
            f"{journal.report} is another file, or the report of another import; give another --report.",
            USAGE,
        ) from None
    except OSError as error:
        raise CommandError(
            f"The report {journal.report} cannot be written: {error.strerror}; say where with --report.", USAGE
        ) from None
    return journal


def send(table: Table, journal: Journal, to: tuple[str, str, float]) -> Progress:
    """Send all rows `to` a door: its address, the key, how long it may be away. Raises CommandError."""

    if journal.progress.row:
        say(f"going on behind row {journal.progress.row:,}")
    try:
        return run_import(table, journal, RemoteDoor(*to, say))
    except FileChanged:
        raise CommandError(
            f"{table.file.path} was changed while it was read. Rows up to {journal.progress.row:,} were sent as they "
            "were; run the command again to import the file as it is now.",
            FAILED,
        ) from None
    except KeyboardInterrupt:
        raise CommandError(
            f"Stopped behind row {journal.progress.row:,}; run the same command again and it goes on there.",
            INTERRUPTED,
        ) from None


def show_table(table: Table) -> None:
    """How the file is read, and what a person should look at."""
    delimiter = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}[table.delimiter]
    say(f"{table.file.path}: {table.encoding}, separated by {delimiter}, {len(table.columns)} columns")
    width = max(len(one.title) for one in table.columns)
    by = {"given": "", "header": "", "values": " (by its values)", "none": " (not known: kept as it is)"}
    for one in table.columns:
        say(f"  {one.title.ljust(width)}  {one.target.name}{by[one.by]}")
    for warning in table.warnings:
        say(f"look: {warning}")


def tell(journal: Journal, progress: Progress, as_json: bool, before: bool) -> None:
    """The counts, and where the report is. `before`: all of it was sent by an earlier run."""
    counts = {name: getattr(progress, name) for name in ("row", "accepted", "rejected", "noted")}
    told = {"rows": counts.pop("row"), **counts, "report": str(journal.report), "import_id": journal.import_id}
    if as_json:
        print(json.dumps({**told, "sent_now": not before}))
        return
    if before:
        print("This file was imported with these settings before: nothing was sent now.")
    noted = f", {progress.noted:,} of them with something odd" if progress.noted else ""
    print(f"{progress.row:,} rows: {progress.accepted:,} accepted{noted}, {progress.rejected:,} rejected")
    print(f"report: {journal.report}")


def say(text: str) -> None:
    """Tell a person beside the answer."""
    print(text, file=sys.stderr, flush=True)
