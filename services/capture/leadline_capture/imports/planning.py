"""What is to be done with a file: how it is read, what its columns are, and its rows as leads."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import UTC, tzinfo
from itertools import islice
from typing import Final

from leadline_capture.core.csv_columns import BadMapping, Column, Words, asks_consent, columns, is_header
from leadline_capture.core.csv_delimiter import delimiter_of, said_delimiter
from leadline_capture.core.csv_lead import Imported, Plan, imported
from leadline_capture.core.csv_rows import Row, rows
from leadline_capture.core.csv_times import SURE, formats_of
from leadline_capture.imports.reading import Examined, Lines
from leadline_runtime.core.values import dataclass
from leadline_schemas.ids import derived_id
from leadline_schemas.vocabulary import LeadType, Source

_SAMPLE: Final = 1000  # rows
_CONTACT: Final = ("email", "phone")


@dataclass(frozen=True, slots=True)
class Options:
    """What a person said about a file; the rest is found. `mapping`: field by column; `id_system`: whose ids it has."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    source: Source = "csv_import"
    type: LeadType | None = None
    source_detail: str | None = None
    historical: bool = True
    id_system: str | None = None
    times: tuple[str, ...] = ()
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Table:
    """A file understood. `import_id`: of its content and of everything that decides what its rows become.

    `warnings`: what a person should look at before the rows go anywhere.
    """

    file: Examined
    encoding: str
    delimiter: str
    header: bool
    says_delimiter: bool
    plan: Plan
    import_id: str
    warnings: tuple[str, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns in their order."""
        return self.plan.columns


def understand(file: Examined, options: Options, words: Words) -> Table:
    """Look at the beginning of the file. Raises BadMapping if it cannot become leads like this, and OSError."""
    encoding = options.encoding or file.encoding
    lines = Lines(file.path, encoding)
    try:
        head = list(islice(lines, _SAMPLE))
    finally:
        lines.close()
    said = said_delimiter(head[0]) if head else None
    if said:
        head = head[1:]
    delimiter = options.delimiter or said or delimiter_of(head)
    found = [row for row in rows(head, delimiter) if row.fault is None]
    if not found:
        raise BadMapping("There is no row in it.")
    header = is_header(found[0].cells) if options.header is None else options.header
    sample = found[1:] if header else found
    titles = found[0].cells if header else ("",) * len(found[0].cells)
    known = columns(titles, sample, words, options.mapping, options.id_system)
    warnings = [*_unmapped(known, words), *(() if header else ("The first row holds data: columns go by number.",))]
    times, unclear = _times(known, sample, options)
    plan = Plan(
        file_id=file.file_id,
        columns=known,
        source=options.source,
        type=options.type,
        source_detail=options.source_detail,
        historical=options.historical,
        times=times,
        zone=options.zone,
    )
    targets = [(one.title, one.target.name) for one in known]
    import_id = derived_id("import", file.file_id, encoding, delimiter, header, options, targets)
    return Table(file, encoding, delimiter, header, said is not None, plan, import_id.hex, (*warnings, *unclear))


def check_contact(table: Table) -> None:
    """Without a column by which a person can be reached, no row would become a lead. Raises BadMapping."""
    if any(one.target.name in _CONTACT or one.target.path[0] == "external_id" for one in table.columns):
        return
    titles = ", ".join(one.title for one in table.columns)
    raise BadMapping(
        f"No column is an e-mail address, a phone number or an id, so no row would become a lead. The columns are: "
        f'{titles}. Say which is which: --map "Column=email".'
    )


class Rows(Iterator[Imported]):
    """The rows of a file as leads, those after row `after`."""

    def __init__(self, table: Table, after: int = 0) -> None:
        self.lines, self._plan = Lines(table.file.path, table.encoding), table.plan
        if table.says_delimiter:
            next(self.lines)
        self._rows = self._from(table, after)

    def __next__(self) -> Imported:
        return imported(next(self._rows), self._plan)

    def _from(self, table: Table, after: int) -> Iterator[Row]:
        shift = (0 if table.header else 1, 1 if table.says_delimiter else 0)
        for row in rows(self.lines, table.delimiter):
            number = row.number + shift[0]
            if number > after:
                yield Row(number, row.line + shift[1], row.cells, row.fault)


def _unmapped(known: tuple[Column, ...], words: Words) -> Iterator[str]:
    for one in known:
        if asks_consent(one, words):
            yield (
                f"{one.title}: looks like consent, and nobody said to what; as it stands it grants nothing "
                f'(--map "{one.title}=consent.marketing.email")'
            )


def _times(known: tuple[Column, ...], sample: list[Row], options: Options) -> tuple[tuple[str, ...], list[str]]:
    if options.times:
        return options.times, []
    places = [place for place, one in enumerate(known) if one.target.kind == "instant"]
    found = {place: formats_of([r.cells[place] for r in sample if len(r.cells) > place]) for place in places}
    unclear = [
        f"{known[place].title}: day and month could be either way round; say --time-format %d/%m/%Y or %m/%d/%Y"
        for place, formats in found.items()
        if formats is None
    ]
    both = [form for formats in found.values() if formats for form in formats]
    return tuple(dict.fromkeys(both)) or SURE, unclear
