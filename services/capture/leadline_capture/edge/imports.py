"""POST /v1/imports takes a whole list in; GET /v1/imports/{id} tells how it stands, and its report of each row.

The answer is 202 when the list is durable on this door's disk and PostgreSQL knows of it. The same list with the same
options is the same import: sending it again changes nothing, but that one which had failed goes on.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from leadline_capture.core.csv_columns import BadMapping
from leadline_capture.core.csv_report import HEAD, report_line
from leadline_capture.edge.auth import authorized
from leadline_capture.edge.door import Call
from leadline_capture.edge.import_body import options_in, save_list
from leadline_capture.edge.import_rows import ImportRows, ImportStatus
from leadline_capture.edge.import_work import Imports
from leadline_capture.edge.keys import Key
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.imports.options import options_of
from leadline_capture.imports.planning import Table, check_contact, understand
from leadline_capture.imports.reading import TooLarge, examine
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.ids import derived_id

PATH: Final = "/v1/imports"
_AT_A_TIME: Final = 4  # uploads
_NONE: Final = "this door takes no whole lists; `leadline import` sends their rows"
_AWAY: Final = "how imports stand is not known now; ask again"


async def post_list(call: Call) -> web.Response:
    """202 with the import. Raises Problem."""
    key = authorized(call, "leads:write")
    imports = call.door.imports
    if imports is None:
        raise unavailable("imports_not_configured", _NONE)
    if imports.uploading >= _AT_A_TIME:
        raise unavailable("overloaded", "other lists are just coming in; send it again")
    imports.uploading += 1
    path = imports.files.incoming()
    try:
        found = await _taken_in(call, key, imports, path)
    except DatabaseTrouble:
        raise unavailable("database_away", "the import could not be noted now; send the list again") from None
    finally:
        imports.uploading -= 1
        imports.files.drop(path)
    imports.wake.set()
    return _json(found, status=202, headers={"Location": f"{PATH}/{found.id}"})


async def _taken_in(call: Call, key: Key, imports: Imports, path: Path) -> ImportStatus:
    query = list(call.request.query.items())
    pairs = [*query, *await save_list(call, path)]
    try:
        given = options_in(pairs)
        table = await asyncio.to_thread(_understood, imports, path, given)
    except BadMapping as wrong:
        raise Problem(422, "invalid", str(wrong)) from None
    import_id = derived_id("import", key.source, key.trusted, table.import_id)
    known = await imports.rows.find(import_id)
    if known is None or known[1].state == "failed":
        await asyncio.to_thread(imports.files.keep, path, import_id)
        said = {"source": key.source, "key_id": key.id, "trusted": key.trusted, "size": table.file.size}
        await imports.rows.add(import_id, imports.files.home, {**said, "options": given, "told": _told(table)})
        known = await imports.rows.find(import_id)
    if known is None:
        raise unavailable("database_away", _AWAY)
    return known[1]


def _understood(imports: Imports, path: Path, given: dict[str, Any]) -> Table:
    try:
        examined = examine(path, imports.most_bytes)
    except TooLarge:
        raise Problem(413, "too_large", f"the list is larger than {imports.most_bytes} bytes when unpacked") from None
    except (OSError, EOFError):
        raise Problem(400, "body_not_inflatable", "the list is no whole gzip file, as its first bytes say") from None
    table = understand(examined, options_of(given), imports.words)
    check_contact(table)
    return table


def _told(table: Table) -> dict[str, Any]:
    columns = [{"column": one.title, "field": one.target.name, "by": one.by} for one in table.columns]
    said = {"encoding": table.encoding, "delimiter": table.delimiter, "header": table.header}
    return {**said, "columns": columns, "look_at": list(table.warnings)}


async def get_import(call: Call) -> web.Response:
    """200 with how it stands. Raises Problem: 404 if there is none of the key's own."""
    return _json(await _own(call, call.request.path.removeprefix(f"{PATH}/")))


async def get_report(call: Call) -> web.Response:
    """200 with the report as far as it goes, as CSV. Raises Problem."""
    text, _, part = call.request.path.removeprefix(f"{PATH}/").partition("/")
    if part != "report":
        raise Problem(404, "not_found", "an import has a /report and nothing else")
    found = await _own(call, text)
    return web.Response(
        body=_report(_rows(call), found.id),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="import-{found.id}.csv"'},
    )


async def _report(rows: ImportRows, import_id: UUID) -> AsyncIterator[bytes]:
    yield report_line(HEAD).encode()
    after = 0
    while (part := await rows.part(import_id, after)) is not None:
        after = part[0]
        yield part[1].encode()


async def _own(call: Call, text: str) -> ImportStatus:
    key = authorized(call, "leads:write", "leads:read")
    try:
        found = await _rows(call).find(UUID(text))
    except ValueError:
        raise Problem(404, "not_found", "this is no id of an import: they are UUIDs") from None
    except DatabaseTrouble:
        raise unavailable("database_away", _AWAY) from None
    if found is None or not (found[0] == key.source or key.may("admin")):
        raise Problem(404, "not_found", "there is no import of yours with this id")
    return found[1]


def _rows(call: Call) -> ImportRows:
    if call.door.import_rows is None:
        raise unavailable("imports_not_configured", _NONE)
    return call.door.import_rows


def _json(found: ImportStatus, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    text = found.model_dump_json(exclude_none=True)
    return web.Response(text=text, status=status, content_type="application/json", headers=headers)
