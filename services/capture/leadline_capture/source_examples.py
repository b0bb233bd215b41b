"""The examples inside sources.yaml, run when the file is loaded: a mapping that does not do what it says is refused."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic_core import to_jsonable_python

from leadline_capture.core.documents import FORM, form_pairs, media_type
from leadline_capture.core.handshakes import NotAnswered, answer, asked_for
from leadline_capture.core.items import surroundings
from leadline_capture.core.json_reader import NotReadable, Read
from leadline_capture.core.mapping import decoded, mapped
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.proofs import Presented, is_proved
from leadline_capture.core.signatures import Signed
from leadline_capture.core.sources import Source
from leadline_capture.core.splitting import found_in, parts_of
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.source_fields import Place
from leadline_capture.source_models import Example, Signature


def check_examples(source: Source, examples: Sequence[Example], place: Place) -> None:
    """Run every example. Raises RulesError naming the example and what it gave instead."""
    for number, example in enumerate(examples):
        check(source, example, place.at(f"examples[{number}]"))


def check(source: Source, example: Example, place: Place) -> None:
    """Run one example. Raises RulesError."""
    body, content_type = _sent(example, place)
    try:
        document = decoded(source, body, content_type, example.query) if example.method in source.methods else Read({})
    except NotReadable as fault:
        raise place.at("body").wrong(str(fault)) from None
    around = surroundings(document, example.query)
    handshake = asked_for(source.handshakes, example.method, around)
    if example.authentic is not None and (handshake is None or example.method == "POST"):
        _check_authentic(source, example, body, around, place.at("authentic"))  # a GET that tries us bears no proof
    if handshake is None:
        _check_gives(source, example, document, place.at("gives"))
        return
    try:
        answered = answer(handshake, around, example.authentic.secrets if example.authentic else ())
    except NotAnswered:
        raise place.at("gives").wrong(
            "the handshake is not answered: its token is wrong, or its word is none"
        ) from None
    _expect(answered, example.gives.answers, place.at("gives.answers"))


def _sent(example: Example, place: Place) -> tuple[bytes, str]:
    """The body of an example and its type; of a GET its query."""
    if example.method == "GET":
        return urlencode(example.query).encode(), FORM
    if (example.body is None) == (example.json_ is None):
        raise place.wrong("needs either `body`, the text as it is sent, or `json`, a value")
    body = json.dumps(example.json_).encode() if example.body is None else example.body.encode()
    if media_type(example.content_type) == "multipart/form-data":
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # YAML has one kind of line end, MIME another
    return body, example.content_type


def _headers(example: Example) -> dict[str, str]:
    return {name.lower(): value for name, value in example.headers.items()}


def _check_authentic(source: Source, example: Example, body: bytes, around: Surroundings, place: Place) -> None:
    given: Signature | None = example.authentic
    assert given is not None
    headers = _headers(example)
    raw = b"" if example.method == "GET" else body
    params = form_pairs(example.content_type, around.body)
    signed = Signed(raw, headers, example.method, given.url, params, example.query)
    presented = Presented(signed, around, given.segment)
    now = datetime.fromisoformat(given.at)
    if any(each.kind == "api_key" for each in source.proofs):
        raise place.wrong("cannot be tried for keys of ours (authenticate.kind: api_key)")
    if not any(is_proved(each, presented, given.secrets, now) for each in source.proofs):
        raise place.wrong("what this example shows is not what `authenticate` asks for: signature, token, or time")


def _check_gives(source: Source, example: Example, document: Read, place: Place) -> None:
    wanted = example.gives
    if wanted.answers is not None:
        raise place.at("answers").wrong("no handshake of this source is asked for")
    found = mapped(source, document, example.query)
    for kind, payloads, expected in (
        ("leads", found.leads, wanted.leads),
        ("activities", found.activities, wanted.activities),
        ("pointers", found.pointers, wanted.pointers),
    ):
        if len(payloads) != len(expected):
            raise place.at(kind).wrong(f"expected {len(expected)}, got {len(payloads)}; notes: {list(found.notes)}")
        for number, (payload, fields) in enumerate(zip(payloads, expected, strict=True)):
            values = to_jsonable_python(payload, exclude_none=True)
            _compare(values, fields, place.at(f"{kind}[{number}]"))
    _expect(found.test, wanted.test, place.at("test"))
    _expect(own_id(source, surroundings(document, example.query), _headers(example)), wanted.own_id, place.at("own_id"))
    if wanted.own_ids is not None:
        around = surroundings(document, example.query)
        parts = parts_of(source, around, found_in(source, around))
        _expect([part.own_id for part in parts], list(wanted.own_ids), place.at("own_ids"))
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
