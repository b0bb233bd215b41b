"""An uploaded list, from the request to a file on disk, never more of it in memory than a piece."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import IO, Any, Final

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from leadline_capture.core.csv_columns import BadMapping
from leadline_capture.core.documents import media_type
from leadline_capture.edge.auth import one_header
from leadline_capture.edge.bodies import not_readable
from leadline_capture.edge.door import Call
from leadline_capture.edge.limits import inflater_of, too_large
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.imports.options import mapping_of
from leadline_capture.multipart import StreamedForm
from leadline_runtime.core.json_reader import NotReadable

_PIECE: Final = 1 << 20
_LISTS: Final = frozenset({
    "text/csv", "text/tab-separated-values", "text/plain", "application/csv", "application/vnd.ms-excel",
    "application/gzip", "application/x-gzip", "application/octet-stream",
})  # fmt: skip
_FORM: Final = "multipart/form-data"
# The options of a request, by query or by the fields of a form; those of `leadline import`.
_ONCE: Final = ("source", "source_detail", "type", "id_system", "delimiter", "encoding", "zone")
_YES_NO: Final = ("live", "header")
_SAYS: Final = {"true": True, "false": False}


async def save_list(call: Call, path: Path) -> list[tuple[str, str]]:
    """Write the list to `path`; gives the form's other fields. Raises Problem."""
    declared = one_header(call.request, "Content-Type") or ""
    kind = media_type(declared)
    if kind != _FORM and kind not in _LISTS:
        raise Problem(415, "unsupported_media_type", f"send the list as text/csv, application/gzip or {_FORM}")
    try:
        form = StreamedForm(declared) if kind == _FORM else None
        with path.open("wb") as file:
            await _write(call, file, form)
        return form.end() if form is not None else []
    except NotReadable as fault:
        raise not_readable(fault) from None
    except OSError:
        raise unavailable("not_durable", "the list could not be stored on disk now; send it again") from None


async def _write(call: Call, file: IO[bytes], form: StreamedForm | None) -> None:
    waiting, size, limit = bytearray(), 0, call.door.settings.edge_import_bytes
    async for piece in _inflated(call):
        waiting += form.feed(piece) if form is not None else piece
        if size + len(waiting) > limit:
            raise too_large(limit)
        if len(waiting) >= _PIECE:
            size += await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.write, bytes(waiting))


async def _inflated(call: Call) -> AsyncIterator[bytes]:
    """The body's pieces. Each must come within the time of a whole usual request: a list may take long, not stand."""
    settings, content = call.door.settings, call.request.content
    inflater = inflater_of(call.request)
    try:
        while True:
            async with asyncio.timeout(settings.edge_deadline_s):
                chunk = await content.readany()
            if not chunk:
                break
            yield inflater.take(chunk, _PIECE)
            while piece := inflater.more(_PIECE):
                yield piece
    except TimeoutError:
        raise Problem(408, "timeout", "the list stood still on its way") from None
    except (web.RequestPayloadError, HttpProcessingError):
        raise Problem(400, "body_cut_off", "the body ends before its end, or is not framed as it says") from None
    inflater.end()


def options_in(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What a request says about its list, for `options_of`. Raises BadMapping."""
    found: dict[str, Any] = {}
    maps: list[str] = []
    times: list[str] = []
    for name, text in pairs:
        if name == "map":
            maps.append(text)
        elif name == "time_format":
            times.append(text)
        elif name in _YES_NO:
            if text not in _SAYS:
                raise BadMapping(f"{name} must be true or false.")
            found[name] = _SAYS[text]
        elif name in _ONCE:
            if name in found:
                raise BadMapping(f"{name} is given twice.")
            found[name] = text
        else:
            raise BadMapping(
                f"There is no option of this name; there are map, time_format, {', '.join(_YES_NO + _ONCE)}."
            )
    return {**found, "map": mapping_of(maps), "times": tuple(times)}
