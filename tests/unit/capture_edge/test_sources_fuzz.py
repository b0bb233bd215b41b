"""Whatever comes to a source that ships: it ends in payloads and notes, or in Never; nothing raises, nothing is told.

Deterministic, and quick by default. `make fuzz` runs this file with `LEADLINE_FUZZ=1000`: that many bodies for each
source and kind.
"""

import json
import os
from contextlib import suppress
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from leadline_capture.core.handshakes import NotAnswered, answer, asked_for
from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded, submissions
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.proofs import Presented, is_proved
from leadline_capture.core.signatures import Signed
from leadline_capture.core.splitting import found_in, parts_of
from leadline_runtime.core.json_reader import NotReadable
from leadline_runtime.outcomes import Never
from tests.support.shipped_examples import sent, shipped_models
from tests.support.submissions import NOON, shipped_sources, webhook

MANY = int(os.environ.get("LEADLINE_FUZZ", "12"))
FORM = "application/x-www-form-urlencoded"
NAMES = sorted(shipped_sources().sources)
CANARY = "Canary Quill"
# What vendors have sent where something else was expected.
ODD: list[Any] = [
    None, "", " ", [], {}, True, False, 0, -1, 2**53 + 1, 2**70, 1e308, 0.1, CANARY, [CANARY], [CANARY, "b"],
    {"label": CANARY}, {"value": None}, [[CANARY]], [None], "02.03.2026 14:05", "2. März 2026", "1.200,50 €", "\ud800",
    "\u202e" + CANARY, "0" * 300, [{"value": CANARY, "primary": "yes"}], {"deep": {"er": [CANARY]}}, "{\"a\": ", "null",
    "NaN",
]  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(ODD)


def names_of(value: Any) -> set[str]:
    """All names of fields in a value."""
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in names_of(each)}
    return {name for each in value for name in names_of(each)} if isinstance(value, list) else set()


def document(name: str, number: int) -> tuple[Any, bytes, str]:
    """An example of a source as a document, and as it is sent."""
    body, content_type = sent(shipped_models()[name][number])
    source, example = shipped_sources().sources[name], shipped_models()[name][number]
    if example.method not in source.methods:  # a handshake by GET of a source that sends by POST
        return dict(example.query), body, next(iter(source.decoders))
    return decoded(source, body, content_type).value, body, content_type


KNOWN = {
    name: sorted({each for n in range(len(shipped_models()[name])) for each in names_of(document(name, n)[0])})
    for name in NAMES
}


def arbitrary(name: str) -> st.SearchStrategy[Any]:
    """Any JSON, with the names that this source knows."""
    keys = st.sampled_from(KNOWN[name]) | st.text(max_size=6)
    return st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6), max_leaves=30
    )


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places in a document."""
    found = [path] if path else []
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [each for step, inner in steps for each in paths(inner, (*path, step))]


def changed(value: Any, path: tuple[Any, ...], how: str, odd: Any) -> Any:
    """A copy with one place left out, repeated, wrapped in a list, or holding something odd."""
    whole = deepcopy(value)
    inside = whole
    for step in path[:-1]:
        inside = inside[step]
    if how == "missing":
        del inside[path[-1]]
    elif how == "listed":
        inside[path[-1]] = [inside[path[-1]]]
    elif how == "repeated":
        inside[path[-1]] = [inside[path[-1]], odd]
    elif how == "extra" and isinstance(inside, dict):
        inside[f"{path[-1]}_2"] = odd
    else:
        inside[path[-1]] = odd
    return whole


@st.composite
def mutations(draw: st.DrawFn, name: str) -> tuple[Any, str, int]:
    """An example of the source with one to four places changed."""
    number = draw(st.integers(0, len(shipped_models()[name]) - 1))
    value, _, content_type = document(name, number)
    for _ in range(draw(st.integers(1, 4))):
        found = paths(value)
        if not found:
            break
        how = draw(st.sampled_from(["missing", "listed", "repeated", "extra", "odd", "odd"]))
        value = changed(value, draw(st.sampled_from(found)), how, draw(st.sampled_from(ODD)))
    return value, content_type, number


def encoded(value: Any, content_type: str) -> tuple[bytes, str]:
    """A document as it is sent: JSON, or for a source of forms a form of it."""
    if content_type == "application/json" or not isinstance(value, dict):
        return json.dumps(value).encode(), "application/json"
    pairs = [(name, each) for name, held in value.items() for each in (held if isinstance(held, list) else [held])]
    texts = [(name, each if isinstance(each, str) else json.dumps(each)) for name, each in pairs]
    return urlencode(texts, errors="replace").encode(), FORM


def come(name: str, body: bytes, content_type: str) -> None:
    """All that the door and the step do with a body, as far as it is pure."""
    source = shipped_sources().sources[name]
    try:
        around = surroundings(decoded(source, body, content_type), {"key": CANARY})
    except NotReadable as fault:
        assert "anary" not in str(fault)
        with pytest.raises(Never):
            submissions(webhook(name, body, content_type), shipped_sources())
        return
    for proof in source.proofs:
        if proof.kind not in ("api_key", "publishable_key"):
            is_proved(proof, Presented(Signed(body, {}, params=[]), around, CANARY), ["s"], NOON)
    handshake = asked_for(source.handshakes, "POST", around)
    if handshake is not None:
        with suppress(NotAnswered):
            answer(handshake, around, ["s"])
    own_id(source, around, {})
    found = found_in(source, around)
    for part in parts_of(source, around, found):
        kind = content_type if part.body is None else "application/json"
        received = webhook(name, body if part.body is None else part.body, kind, item=part.item)
        said = submissions(received, shipped_sources())
        made = len(said.leads) + len(said.activities) + len(said.pointers)
        assert made == min(len(found), 1) or (made == 0 and source.fetches), "one submission is one thing"
        assert repr(said) == repr(submissions(received, shipped_sources())), "the same bytes say the same"
        assert not any("anary" in note for note in said.notes), "a note repeats no value"
        for payload in (*said.leads, *said.activities):
            payload.model_dump_json()


@pytest.mark.parametrize("name", NAMES)
def test_no_json_whatever_raises(name: str) -> None:
    @seed(7)
    @settings(max_examples=MANY, deadline=None, database=None)
    @given(body=arbitrary(name))
    def holds(body: Any) -> None:
        come(name, *encoded(body, "application/json"))

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_no_change_of_a_real_body_raises(name: str) -> None:
    @seed(7)
    @settings(max_examples=MANY * 3, deadline=None, database=None)
    @given(mutation=mutations(name))
    def holds(mutation: tuple[Any, str, int]) -> None:
        value, content_type, _ = mutation
        come(name, *encoded(value, content_type))

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_no_form_whatever_raises(name: str) -> None:
    names = st.sampled_from(KNOWN[name]) | st.text(max_size=6)

    @seed(7)
    @settings(max_examples=MANY, deadline=None, database=None)
    @given(fields=st.lists(st.tuples(names, st.text(max_size=12)), max_size=8))
    def holds(fields: list[tuple[str, str]]) -> None:
        come(name, urlencode(fields, errors="replace").encode(), FORM)

    holds()


@pytest.mark.parametrize("name", NAMES)
def test_no_bytes_whatever_raise(name: str) -> None:
    @seed(7)
    @settings(max_examples=MANY, deadline=None, database=None)
    @given(data=st.binary(max_size=200))
    def holds(data: bytes) -> None:
        for content_type in shipped_sources().sources[name].decoders:
            come(name, data, f"{content_type}; boundary=b")

    holds()
