"""In which charset a form was sent: said by its header, by the browser, by the form, by its address."""

from collections.abc import Mapping
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.charsets import with_charset
from leadline_capture.core.mapping import submissions
from leadline_runtime.core.json_reader import CHARSETS
from tests.support.submissions import shipped_sources, webhook

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=B"


def part(name: str, value: bytes) -> bytes:
    return b'--B\r\nContent-Disposition: form-data; name="' + name.encode() + b'"\r\n\r\n' + value + b"\r\n"


@pytest.mark.parametrize(
    ("kind", "body", "query", "charset"),
    [
        (FORM, b"a=1&encoding=ISO-8859-1", {}, "iso-8859-1"),
        (FORM, b"encoding=Shift%5FJIS", {}, "shift_jis"),
        (FORM, b"a=1", {"encoding": "Big5"}, "big5"),
        (FORM, b"encoding=&a=1", {"encoding": "Big5"}, "big5"),
        (FORM, b"encoding=iso-8859-1&_charset_=UTF-8", {}, "utf-8"),
        (FORM, b"my_encoding=big5&encoding_=big5&a=encoding=big5", {}, None),
        (FORM, b"encoding=zlib", {}, None),
        (FORM, b"encoding=%FF%FE", {}, None),
        (FORM, b"", {}, None),
        (f"{FORM}; charset=utf-8", b"encoding=big5", {}, "utf-8"),
        (MULTIPART, part("encoding", b"GB2312") + b"--B--\r\n", {}, "gb2312"),
        (MULTIPART, part("note", b"encoding") + part("a", b"big5") + b"--B--\r\n", {}, None),
        ("application/json", b"encoding=big5", {"encoding": "big5"}, None),
    ],
)
def test_what_a_form_says_of_its_charset(kind: str, body: bytes, query: Mapping[str, str], charset: str | None) -> None:
    found = with_charset(kind, body, query, "encoding")
    assert found == (kind if charset is None or "charset" in kind else f"{kind}; charset={charset}")


@given(st.binary(max_size=200), st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3))
def test_any_body_has_a_known_charset_or_none(body: bytes, query: dict[str, str]) -> None:
    for kind in (FORM, MULTIPART):
        _, _, charset = with_charset(kind, b"encoding=" + body, query, "encoding").partition("; charset=")
        assert charset in CHARSETS or not charset


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "utf-8"])
@pytest.mark.parametrize("multipart", [False, True])
def test_a_name_is_read_as_it_was_written(charset: str, multipart: bool) -> None:
    name, mail = "Renée Müller", b"renee@works.example"
    raw = name.encode(charset)
    if multipart:
        body = part("encoding", charset.encode()) + part("last_name", raw) + part("email", mail) + b"--B--\r\n"
    else:
        body = f"encoding={charset}&last_name={quote_plus(raw)}&email=".encode() + mail
    found = submissions(webhook("web_to_lead", body, MULTIPART if multipart else FORM), shipped_sources())
    assert found.leads[0].last_name == name and found.notes == ()
