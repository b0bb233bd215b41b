"""A list on its way in: whatever pieces it comes in, packed or in a form, it is the same list, a piece at a time."""

import gzip
import zlib

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.csv_columns import BadMapping
from leadline_capture.edge.import_body import options_in
from leadline_capture.edge.limits import inflater_of
from leadline_capture.edge.problem import Problem
from leadline_capture.multipart import StreamedForm
from leadline_runtime.core.json_reader import NotReadable

BOUNDARY = "----x"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
CUTS = st.lists(st.integers(1, 60), max_size=30)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data, cut at any places."""
    found, at = [], 0
    for size in [*cuts, len(data)]:
        found.append(data[at : at + size])
        at += size
    return [each for each in found if each]


def form(content: bytes, *fields: tuple[str, str], files: int = 1) -> bytes:
    """A form as browsers and curl write it: some fields before its file, some after."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}'.encode() for name, text in fields]
    head = b'Content-Disposition: form-data; name="list"; filename="l.csv"\r\nContent-Type: text/csv\r\n\r\n'
    parts[1:1] = [head + content] * files
    return b"".join(f"--{BOUNDARY}\r\n".encode() + part + b"\r\n" for part in parts) + f"--{BOUNDARY}--\r\n".encode()


@settings(deadline=None)
@given(content=st.binary(max_size=300), cuts=CUTS, zone=st.text("abc/", max_size=5))
def test_a_form_in_any_pieces_is_the_same_form(content: bytes, cuts: list[int], zone: str) -> None:
    made, found = StreamedForm(TYPE), b""
    for piece in pieces(form(content, ("source", "event"), ("zone", zone)), cuts):
        found += made.feed(piece)
    assert found == content and made.end() == [("source", "event"), ("zone", zone)]


@settings(deadline=None)
@given(data=st.binary(max_size=400), cuts=CUTS)
def test_any_bytes_are_a_form_or_no_form(data: bytes, cuts: list[int]) -> None:
    made = StreamedForm(TYPE)
    try:
        for piece in pieces(data, cuts):
            made.feed(piece)
        made.end()
    except NotReadable:
        """What else could it be."""


@pytest.mark.parametrize("files", [0, 2])
def test_a_form_brings_exactly_one_file(files: int) -> None:
    made = StreamedForm(TYPE)
    made.feed(form(b"a", ("source", "event"), files=files))
    with pytest.raises(NotReadable, match="one file"):
        made.end()


def test_the_fields_of_a_form_are_few() -> None:
    with pytest.raises(NotReadable, match="longer than"):
        StreamedForm(TYPE).feed(form(b"a", ("source", "x" * 70_000)))
    with pytest.raises(NotReadable, match="no boundary"):
        StreamedForm("multipart/form-data")


@settings(deadline=None)
@given(
    content=st.one_of(st.binary(max_size=500), st.integers(1, 60_000).map(lambda size: b"a" * size)),
    cuts=CUTS,
    room=st.integers(1, 500),
    packing=st.sampled_from(["gzip", "deflate", ""]),
)
def test_what_is_unpacked_comes_in_pieces_that_are_never_large(
    content: bytes, cuts: list[int], room: int, packing: str
) -> None:
    packed = gzip.compress(content) if packing == "gzip" else zlib.compress(content) if packing else content
    inflater = inflater_of(make_mocked_request("POST", "/", {"Content-Encoding": packing} if packing else {}))
    found = b""
    for piece in pieces(packed, cuts):
        taken = inflater.take(piece, room)
        while taken:
            assert packing == "" or len(taken) <= room + 1
            found += taken
            taken = inflater.more(room)
    inflater.end()
    assert found == content


def test_a_packed_list_that_is_cut_off_is_no_list() -> None:
    inflater = inflater_of(make_mocked_request("POST", "/", {"Content-Encoding": "gzip"}))
    inflater.take(gzip.compress(b"a,b")[:-4], 100)
    with pytest.raises(Problem, match="body_cut_off"):
        inflater.end()


def test_options_are_read_by_name() -> None:
    said = [("map", "A=email"), ("map", "B=name"), ("live", "true"), ("time_format", "%d/%m/%Y"), ("source", "event")]
    assert options_in(said) == {
        "map": {"A": "email", "B": "name"},
        "live": True,
        "times": ("%d/%m/%Y",),
        "source": "event",
    }
    for wrong in [("live", "yes"), ("colour", "red"), ("map", "email")]:
        with pytest.raises(BadMapping):
            options_in([wrong])
    with pytest.raises(BadMapping, match="twice"):
        options_in([("source", "event"), ("source", "crm")])
