"""One row of a CSV file as a lead. What cannot be read costs a field, never the row: it is noted and kept as given."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from typing import Any, Final

from leadline_capture.core import values
from leadline_capture.core.csv_columns import Column
from leadline_capture.core.csv_rows import Row
from leadline_capture.core.csv_targets import Target
from leadline_capture.core.csv_times import SURE
from leadline_capture.core.fields import MAX_EXTRA
from leadline_capture.core.salvage import salvage, validator
from leadline_capture.core.text import folded
from leadline_capture.core.times import instant
from leadline_runtime.core.values import dataclass
from leadline_schemas.payloads import LeadPayload
from leadline_schemas.vocabulary import LeadType, Source

_ADDRESS: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_LONGEST_EXTRA: Final = 200
_JOINED_BY: Final = {"street": ", ", "message": "\n"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file become leads. `file_id`: of its bytes; `times`: formats of its times, in `zone`."""

    file_id: str
    columns: tuple[Column, ...]
    source: Source = "csv_import"
    type: LeadType | None = None
    source_detail: str | None = None
    historical: bool = True
    times: tuple[str, ...] = SURE
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Imported:
    """What a row became: a payload for the door, or a fault. `notes`: what was odd, each beginning with its column.

    `keys`: of the person, to keep the rows of one person in order.
    """

    row: int
    line: int
    payload: Mapping[str, Any] | None
    notes: tuple[str, ...]
    keys: tuple[str, ...] = ()


def imported(row: Row, plan: Plan) -> Imported:
    """The row as a lead. The same row of the same file always becomes the same submission."""
    fault = row.fault or _too_many(row, plan)
    if fault is not None:
        return Imported(row.number, row.line, None, (fault,))
    reading = _Reading(plan)
    for column, cell in zip(plan.columns, row.cells, strict=False):
        if cell and not cell.isspace():
            reading.take(column, cell)
    if len(row.cells) < len(plan.columns):
        reading.notes.append(f"has {len(row.cells)} values for {len(plan.columns)} columns: the last ones are missing")
    payload = reading.payload()
    name = reading.own_id or f"{plan.file_id} {row.number}"
    payload["id"] = _id(name, payload)
    return Imported(row.number, row.line, payload, tuple(dict.fromkeys(reading.notes)), _keys(payload))


def _too_many(row: Row, plan: Plan) -> str | None:
    given, wanted = len(row.cells), len(plan.columns)
    if given <= wanted or not any(map(str.strip, row.cells[wanted:])):
        return None
    return f"has {given} values for {wanted} columns; put a value that holds the delimiter in quotes"


def _id(name: str, payload: Mapping[str, Any]) -> str:
    """By the content as well: the same id with another content would be a contradiction (a dead letter)."""
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return "csv-" + hashlib.sha256(f"{name}\n{content}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _keys(payload: Mapping[str, Any]) -> tuple[str, ...]:
    external = payload.get("external_id")
    found = (payload.get("email"), payload.get("phone"), external["id"] if external else None)
    return tuple(key.casefold() for key in found if key)


class _Reading:
    """One row in hand."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.found: dict[str, Any] = {}
        self.extra: dict[str, str] = {}
        self.consent: list[dict[str, str]] = []
        self.notes: list[str] = []
        self.own_id: str | None = None
        self._placed: list[tuple[Column, str]] = []

    def take(self, column: Column, cell: str) -> None:
        """One value that is there."""
        note = self._noting(column)
        taken = _TAKE[column.target.kind](self, column.target, cell, note)
        if taken:
            self._placed.append((column, cell))
        else:
            self._keep(column, cell)

    def payload(self) -> dict[str, Any]:
        """What the door is sent: valid by its schema."""
        made = self._with_the_same_for_all()
        try:
            validator(LeadPayload).validate_python(made)
        except ValueError:
            self._leave_out_what_is_wrong(made)
            made = self._with_the_same_for_all()
        return made

    def _with_the_same_for_all(self) -> dict[str, Any]:
        plan = self.plan
        made: dict[str, Any] = {"source": plan.source, **self.found}
        if plan.type is not None:
            made.setdefault("type", plan.type)
        if plan.source_detail is not None:
            made.setdefault("source_detail", plan.source_detail)
        if self.consent:
            made["consent"] = self.consent
        if self.extra:
            made["extra"] = self.extra
        if plan.historical:
            made["historical"] = True
        return made

    def _leave_out_what_is_wrong(self, made: Mapping[str, Any]) -> None:
        left = salvage(LeadPayload, made, lambda _: None)
        for column, cell in self._placed:
            path = column.target.path
            if column.target.kind in ("granted", "withdrawn") or _at(left.model_dump(), path) is not None:
                continue
            if _at(self.found, path) is not None:
                self.notes.append(f"{column.title}: is not a valid {column.target.name}; kept as it is")
                self.found.pop(path[0])
            self._keep(column, cell)

    def _keep(self, column: Column, cell: str) -> None:
        if len(self.extra) >= MAX_EXTRA and column.title not in self.extra:
            self.notes.append(f"{column.title}: left out, for a lead takes {MAX_EXTRA} further values")
            return
        kept = values.text(cell, self._noting(column), longest=_LONGEST_EXTRA)
        if kept is not None:
            self.extra[column.title] = kept

    def _noting(self, column: Column) -> Callable[[str], None]:
        return lambda problem: self.notes.append(f"{column.title}: {problem}")

    def put(self, path: tuple[str, ...], value: Any) -> bool:
        """Take a value; False if another one of the same field came first."""
        place = self.found
        for step in path[:-1]:
            place = place.setdefault(step, {})
        return bool(place.setdefault(path[-1], value) == value)


def _at(payload: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    if path[0] == "external_id":
        return payload.get("external_id")
    found: Any = payload
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found


_Note = Callable[[str], None]


def _text(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    found = values.text(cell, note, longest=None if target.whole else target.longest)
    if found is None:
        return True
    if target.path == ("id",):
        reading.own_id = found
        return True
    if target.path[0] == "external_id":
        return reading.put(("external_id",), {"system": target.path[1], "id": found})
    if target.path[-1] == "email" and not _ADDRESS.fullmatch(found):
        return _address(reading, target, found, note)
    return reading.put(target.path, found)


def _address(reading: _Reading, target: Target, text: str, note: _Note) -> bool:
    """An address among other words: `Ann Lee <ann@x.example>`, or the first of several."""
    among: list[str] = _ADDRESS.findall(text)
    if not among:
        note("is not an e-mail address; kept as it is")
        return False
    if len(among) > 1:
        note("holds several addresses: the first was taken, all are kept")
    return reading.put(target.path, among[0]) and len(among) == 1


def _lines(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    found = values.text(cell, note)
    if found is not None:
        (name,) = target.path
        before = reading.found.get(name)
        whole = f"{before}{_JOINED_BY[name]}{found}" if before else found
        if len(whole) > target.longest:
            note(f"cut to {target.longest} characters")
        reading.found[name] = whole[: target.longest].rstrip()
    return True


def _whole_number(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    found = values.whole_number(cell, note)
    return found is not None and reading.put(target.path, found)


def _instant(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    found = instant(cell, reading.plan.times, reading.plan.zone)
    if found is None:
        note("is not a time that can be read; kept as it is (--time-format says how times are written)")
        return False
    return reading.put(target.path, found.isoformat())


def _choice(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    name = folded(cell).replace(" ", "_")
    if name not in target.choices:
        note(f"is no {target.name} of the list; kept as it is")
        return False
    reading.found[target.name] = name
    return True


def _granted(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    ticked = values.ticked(cell, note)
    if ticked is not None:
        reading.consent.append(_statement(target, "granted" if ticked else "declined"))
    return ticked is not None


def _withdrawn(reading: _Reading, target: Target, cell: str, note: _Note) -> bool:
    ticked = values.ticked(cell, note)
    if ticked:
        reading.consent.append(_statement(target, "withdrawn"))
    return ticked is not None


def _statement(target: Target, state: str) -> dict[str, str]:
    return {"purpose": target.path[0], "channel": target.path[1], "state": state}


_TAKE: Final[Mapping[str, Callable[[_Reading, Target, str, _Note], bool]]] = {
    "text": _text,
    "lines": _lines,
    "whole_number": _whole_number,
    "instant": _instant,
    "choice": _choice,
    "granted": _granted,
    "withdrawn": _withdrawn,
    "extra": lambda *_: False,
    "none": lambda *_: True,
}
