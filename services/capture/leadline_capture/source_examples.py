"""The examples inside sources.yaml, run when the file is loaded: a mapping that does not do what it says is refused."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from leadline_capture.core.documents import media_type
from leadline_capture.core.items import surroundings
from leadline_capture.core.json_reader import NotReadable, Read
from leadline_capture.core.mapping import decoded, mapped
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.signatures import Signed, is_valid
from leadline_capture.core.sources import Source
from leadline_capture.source_fields import Place
from leadline_capture.source_models import Example, Signature


def check_examples(source: Source, examples: Sequence[Example], place: Place) -> None:
    """Run every example. Raises RulesError naming the example and what it gave instead."""
    for number, example in enumerate(examples):
        check(source, example, place.at(f"examples[{number}]"))


def check(source: Source, example: Example, place: Place) -> None:
    """Run one example. Raises RulesError."""
    if (example.body is None) == (example.json_ is None):
        raise place.wrong("needs either `body`, the text as it is sent, or `json`, a value")
    body = json.dumps(example.json_).encode() if example.body is None else example.body.encode()
    if media_type(example.content_type) == "multipart/form-data":
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # YAML has one kind of line end, MIME another
    if example.authentic is not None:
        _check_authentic(source, example, body, place.at("authentic"))
    try:
        document = decoded(source, body, example.content_type)
    except NotReadable as fault:
        raise place.at("body").wrong(str(fault)) from None
    _check_gives(source, example, document, place.at("gives"))


def _check_authentic(source: Source, example: Example, body: bytes, place: Place) -> None:
    given: Signature | None = example.authentic
    assert given is not None
    if source.authentication.scheme is None:
        raise place.wrong("is for sources that sign (authenticate.kind: hmac)")
    headers = {name.lower(): value for name, value in example.headers.items()}
    request = Signed(body, headers, given.method, given.url)
    if not is_valid(source.authentication.scheme, request, given.secrets, datetime.fromisoformat(given.at)):
        raise place.wrong("the signature in `headers` does not fit the body, by what `authenticate` says")


def _check_gives(source: Source, example: Example, document: Read, place: Place) -> None:
    wanted = example.gives
    found = mapped(source, document, example.query)
    for kind, payloads, expected in (
        ("leads", found.leads, wanted.leads),
        ("activities", found.activities, wanted.activities),
    ):
        if len(payloads) != len(expected):
            raise place.at(kind).wrong(f"expected {len(expected)}, got {len(payloads)}; notes: {list(found.notes)}")
        for number, (payload, fields) in enumerate(zip(payloads, expected, strict=True)):
            values = payload.model_dump(mode="json", exclude_none=True)
            _compare(values, fields, place.at(f"{kind}[{number}]"))
    _expect(found.test, wanted.test, place.at("test"))
    _expect(own_id(source, surroundings(document, example.query)), wanted.own_id, place.at("own_id"))
    if wanted.notes is not None:
        _expect(list(found.notes), list(wanted.notes), place.at("notes"))


def _compare(values: dict[str, Any], fields: dict[str, Any], place: Place) -> None:
    for name, wanted in fields.items():
        found: Any = values
        for step in name.split(".", 1):
            found = found.get(step) if isinstance(found, dict) else None
        _expect(found, wanted, place.at(name))


def _expect(found: Any, wanted: Any, place: Place) -> None:
    if found != wanted:
        raise place.wrong(f"expected {wanted!r}, got {found!r}")
