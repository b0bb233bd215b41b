"""What an example must give, held against what it gave: every difference is told, not only the first."""

from typing import Any

from pydantic_core import to_jsonable_python

from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import mapped
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.sources import Source
from leadline_capture.core.splitting import found_in, parts_of
from leadline_capture.source_fields import Place
from leadline_capture.source_models import Example
from leadline_runtime.core.json_reader import Read
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules_faults import Faults


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stands at a place of the file, to be compared."""

    place: Place
    faults: Faults

    def expect(self, name: str, found: Any, wanted: Any) -> None:
        """Keep a fault if the two differ."""
        if found != wanted:
            self.faults.found.append(self.place.at(name).wrong(f"expected {wanted!r}, got {found!r}"))


def headers_of(example: Example) -> dict[str, str]:
    """The headers of an example, by name in lower case."""
    return {name.lower(): value for name, value in example.headers.items()}


def check_gives(source: Source, example: Example, document: Read, wanted: Wanted) -> None:
    """Hold what becomes of the document against what the example says. Raises RulesError."""
    gives, around = example.gives, surroundings(document, example.query)
    if gives.answers is not None:
        raise wanted.place.at("answers").wrong("no handshake of this source is asked for")
    found = mapped(source, document, example.query)
    for kind, payloads, expected in (
        ("leads", found.leads, gives.leads),
        ("activities", found.activities, gives.activities),
        ("pointers", found.pointers, gives.pointers),
    ):
        if len(payloads) != len(expected):
            counts = f"expected {len(expected)}, got {len(payloads)}; notes: {list(found.notes)}"
            raise wanted.place.at(kind).wrong(counts)
        for number, (payload, fields) in enumerate(zip(payloads, expected, strict=True)):
            for name, value in fields.items():
                given = _at(to_jsonable_python(payload, exclude_none=True), name)
                wanted.expect(f"{kind}[{number}].{name}", given, value)
    wanted.expect("test", found.test, gives.test)
    wanted.expect("own_id", own_id(source, around, headers_of(example)), gives.own_id)
    if gives.own_ids is not None:
        parts = parts_of(source, around, found_in(source, around))
        wanted.expect("own_ids", [part.own_id for part in parts], list(gives.own_ids))
    if gives.notes is not None:
        wanted.expect("notes", list(found.notes), list(gives.notes))


def _at(values: Any, name: str) -> Any:
    for step in name.split(".", 1):
        values = values.get(step) if isinstance(values, dict) else None
    return values
