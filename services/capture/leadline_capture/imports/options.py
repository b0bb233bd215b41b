"""What a person said about a file, checked: by the command's options, or by the query of a request."""

from collections.abc import Mapping
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from leadline_capture.core.csv_columns import BadMapping
from leadline_capture.core.csv_delimiter import DELIMITERS, NAMES
from leadline_capture.core.csv_encoding import NAMED, is_encoding
from leadline_capture.core.csv_targets import target
from leadline_capture.core.times import NAMED as TIMES
from leadline_capture.core.times import is_format
from leadline_capture.imports.planning import Options
from leadline_schemas.vocabulary import LEAD_TYPES, Source

SOURCES: Final[tuple[str, ...]] = Source.__args__  # type: ignore[attr-defined]
_LONGEST: Final = 200


def options_of(given: Mapping[str, Any]) -> Options:
    """The options by their names; what is absent or None is found in the file. Raises BadMapping."""
    source, type_, system = given.get("source") or "csv_import", given.get("type"), given.get("id_system")
    if source not in SOURCES:
        raise BadMapping(f"There is no source {source!r}; there are {', '.join(SOURCES)}.")
    if type_ is not None and type_ not in LEAD_TYPES:
        raise BadMapping(f"There is no type {type_!r}; there are {', '.join(LEAD_TYPES)}.")
    if system is not None and target(f"external_id.{system}") is None:
        raise BadMapping("The system of the ids must be lower-case letters, digits, _ and -, as `salesforce`.")
    detail = given.get("source_detail")
    if detail is not None and (len(detail) > _LONGEST or not detail.isprintable()):
        raise BadMapping(f"The source's detail must be at most {_LONGEST} characters on one line.")
    return Options(
        mapping=dict(given.get("map") or {}),
        encoding=_encoding(given.get("encoding")),
        delimiter=_delimiter(given.get("delimiter")),
        header=given.get("header"),
        source=cast(Source, source),
        type=type_,
        source_detail=detail,
        historical=not given.get("live"),
        id_system=system,
        times=_times(given.get("times") or ()),
        zone=_zone(given.get("zone") or "UTC"),
    )


def mapping_of(pairs: list[str]) -> dict[str, str]:
    """`Column=field` pairs. A column's own name may hold `=`; a field's may not. Raises BadMapping."""
    found: dict[str, str] = {}
    for pair in pairs:
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip() or not field.strip():
            raise BadMapping(f'{pair!r} is no mapping; write "Column=field", as "Work mail=email".')
        found[column.strip()] = field.strip()
    return found


def _encoding(name: str | None) -> str | None:
    if name is not None and not is_encoding(name):
        raise BadMapping(f"The encoding {name!r} is not known; there are {', '.join(sorted(NAMED))}.")
    return name


def _delimiter(name: str | None) -> str | None:
    if name is None or name in DELIMITERS:
        return name
    if name not in NAMES:
        raise BadMapping(f"{name!r} is no delimiter; there are {', '.join(NAMES)}.")
    return NAMES[name]


def _times(forms: tuple[str, ...]) -> tuple[str, ...]:
    for form in forms:
        if not is_format(form):
            raise BadMapping(f"{form!r} is neither one of {', '.join(TIMES)} nor a pattern like %d/%m/%Y.")
    return forms


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadMapping(f"There is no zone {name!r}; give one like Europe/Berlin.") from None
