"""`leadline import FILE`: leads from a CSV file.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated, Final

import typer

from leadline_runtime.command_errors import FAILED, USAGE, CommandError
from leadline_runtime.command_settings import setting

# Fields that --map takes; a test holds this text against the list itself.
FIELDS: Final = """Columns are known by their headers, in several languages (rules/columns.yaml); --map says what is not
guessed right. Fields: name first_name last_name title email phone company website street city postal_code state country
language ip employees industry revenue budget timeline interest message owner type source source_detail occurred_at
event_end id external_id.SYSTEM anonymous_id referrer.name referrer.email referrer.phone attribution.utm_source (and the
other UTM fields, click_id, referrer, landing_page) consent.PURPOSE[.CHANNEL] opt_out[.CHANNEL] extra, and - for none.
A column that is not known is kept under `extra`."""

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="CSV, also gzipped; what separates values and the encoding are found.")
]
Map = Annotated[
    list[str],
    typer.Option("--map", metavar='"COLUMN=FIELD"', help="A column's field; #3 is the third column. Repeatable."),
]
MapFile = Annotated[Path | None, typer.Option("--map-file", help='JSON: {"Column": "field"}.')]
SourceName = Annotated[
    str,
    typer.Option(
        "--source",
        help="Where the list is from, which says how far it is trusted: purchased_list, event, crm ...",
    ),
]
Detail = Annotated[str | None, typer.Option("--source-detail", help="A name for the list, as `Fair Hannover 2026`.")]
Type = Annotated[
    str | None,
    typer.Option(
        "--type", help="What the people asked for: newsletter, event_attended, demo_request ...; `other`, if not given."
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what an import would make of the rows; nothing is sent or written.")
]
Live = Annotated[
    bool,
    typer.Option(
        "--live",
        help="As if they came in now: clocks start, leads are routed, people are told.",
    ),
]
IdSystem = Annotated[
    str | None,
    typer.Option("--id-system", help="The system whose ids the file has (salesforce, hubspot); needs a trusted key."),
]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="comma, semicolon, tab or pipe, where it is not found.")
]
Encoding = Annotated[str | None, typer.Option("--encoding", help="As utf-8, cp1252, cp1251, where it is not found.")]
Header = Annotated[bool | None, typer.Option("--header/--no-header", help="Whether the first row names the columns.")]
TimeFormat = Annotated[
    list[str], typer.Option("--time-format", help="How times are written, as `%d/%m/%Y %H:%M`. Repeatable.")
]
Zone = Annotated[str, typer.Option("--zone", help="Where clocks stood for times without offset, as Europe/Berlin.")]
Report = Annotated[Path | None, typer.Option("--report", help="Where the report goes; beside FILE, if not given.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="The folder with columns.yaml; LEADLINE_RULES_DIR, else what ships.")
]
Edge = Annotated[
    str,
    typer.Option(
        "--edge",
        default_factory=lambda: setting("LEADLINE_EDGE_URL", "http://127.0.0.1:8080"),
        help="The door's address.",
        show_default="LEADLINE_EDGE_URL, else the local stack's, else http://127.0.0.1:8080",
    ),
]
Patience = Annotated[float, typer.Option("--patience", min=0, help="Seconds to go on trying while the door is away.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add `import` to an application."""
    app.command("import", epilog=FIELDS)(import_)


def import_(  # noqa: PLR0913, PLR0917 - an option of the command each
    edge: Edge,
    file: File,
    map_: Map = [],  # noqa: B006 - typer reads the default, nobody changes it
    map_file: MapFile = None,
    dry_run: DryRun = False,
    source: SourceName = "csv_import",
    source_detail: Detail = None,
    type_: Type = None,
    live: Live = False,
    id_system: IdSystem = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    header: Header = None,
    time_format: TimeFormat = [],  # noqa: B006
    zone: Zone = "UTC",
    report: Report = None,
    rules: Rules = None,
    patience: Patience = 300.0,
    as_json: AsJson = False,
) -> None:
    """Import leads from a CSV file, through the door, with the key in LEADLINE_API_KEY.

    Rows are stored, merged into leads that are known, and scored; no clock starts and nobody is told, unless --live.
    Every row has a line in the report. A stopped import goes on where it was when the same command is run again.
    Exits 1 if a row was rejected.
    """
    from leadline_capture.imports import command

    given = {
        "map": map_, "map_file": map_file, "source": source, "source_detail": source_detail, "type": type_,
        "live": live, "id_system": id_system, "delimiter": delimiter, "encoding": encoding, "header": header,
        "times": tuple(time_format), "zone": zone,
    }  # fmt: skip
    table = command.understood(file, given, command.words_of(rules))
    command.show_table(table)
    if dry_run:
        from leadline_capture.imports import trial_command

        trial_command.dry_run(table, command.rules_folder(rules), as_json)
        return
    key = setting("LEADLINE_API_KEY")
    if not key:
        raise CommandError(
            "Set LEADLINE_API_KEY; `leadline keys create --name import --source NAME` makes a key.", USAGE
        )
    journal = command.journal_of(table, report, edge, key)
    try:
        before = journal.progress.done
        progress = journal.progress if before else command.send(table, journal, (edge, key, patience))
    finally:
        journal.close()
    command.tell(journal, progress, as_json, before)
    if progress.rejected:
        raise typer.Exit(FAILED)
