"""The examples inside sources.yaml, run when the file is loaded: a mapping that does not do what it says is refused."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from leadline_capture.core.documents import FORM, form_pairs, media_type
from leadline_capture.core.handshakes import NotAnswered, answer, asked_for
from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded
from leadline_capture.core.proofs import Presented, is_proved
from leadline_capture.core.signatures import Signed
from leadline_capture.core.sources import Source
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.source_fields import Place
from leadline_capture.source_gives import Wanted, check_gives, headers_of
from leadline_capture.source_models import Example, Signature
from leadline_runtime.core.json_reader import NotReadable, Read
from leadline_runtime.rules_faults import Faults


def check_examples(source: Source, examples: Sequence[Example], place: Place, faults: Faults) -> None:
    """Run every example; what one gave instead goes to `faults`."""
    for number, example in enumerate(examples):
        faults.take(partial(check, source, example, place.at(f"examples[{number}]"), faults), None)


def check(source: Source, example: Example, place: Place, faults: Faults) -> None:
    """Run one example. What differs goes to `faults`. Raises RulesError if it cannot be run at all."""
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
        check_gives(source, example, document, Wanted(place.at("gives"), faults))
        return
    try:
        answered = answer(handshake, around, example.authentic.secrets if example.authentic else ())
    except NotAnswered:
        raise place.at("gives").wrong(
            "the handshake is not answered: its token is wrong, or its word is none"
        ) from None
    Wanted(place.at("gives"), faults).expect("answers", answered, example.gives.answers)


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


def _check_authentic(source: Source, example: Example, body: bytes, around: Surroundings, place: Place) -> None:
    given: Signature | None = example.authentic
    assert given is not None
    headers = headers_of(example)
    raw = b"" if example.method == "GET" else body
    params = form_pairs(example.content_type, around.body)
    signed = Signed(raw, headers, example.method, given.url, params, example.query)
    presented = Presented(signed, around, given.segment)
    now = datetime.fromisoformat(given.at)
    if any(each.kind == "api_key" for each in source.proofs):
        raise place.wrong("cannot be tried for keys of ours (authenticate.kind: api_key)")
    if not any(is_proved(each, presented, given.secrets, now) for each in source.proofs):
        raise place.wrong("what this example shows is not what `authenticate` asks for: signature, token, or time")
