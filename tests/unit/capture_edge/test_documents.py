"""Forms as documents: urlencoded and multipart."""

import pytest

from leadline_capture.core.documents import form_document, media_type, parameter
from leadline_capture.multipart import multipart_document
from leadline_runtime.core.json_reader import NotReadable

BOUNDARY = "multipart/form-data; boundary=XX"


def part(name: str, value: str, more: str = "") -> str:
    return f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'


def test_a_form_is_an_object_of_its_fields() -> None:
    read = form_document(b"a=1&b=two+words&c=%C3%A9&d=&e&a=2&=nameless", "application/x-www-form-urlencoded")
    assert read.value == {"a": ["1", "2"], "b": "two words", "c": "é", "d": "", "e": "", "": "nameless"}


@pytest.mark.parametrize("body", [b"", b"&&&", b"%", b"%zz=%", b"\x00\xff", b"=" * 100])
def test_no_bytes_are_no_form(body: bytes) -> None:
    assert isinstance(form_document(body, "").value, dict)


def test_a_form_of_too_many_fields_is_refused() -> None:
    with pytest.raises(NotReadable) as refused:
        form_document(b"a=1&" * 501, "")
    assert refused.value.code == "not_a_form"


def test_a_multipart_form_is_the_same_object() -> None:
    body = part("a", "1") + part("b", "zwei\r\nZeilen é") + part("a", "2") + "--XX--\r\n"
    assert multipart_document(body.encode(), BOUNDARY).value == {"a": ["1", "2"], "b": "zwei\r\nZeilen é"}


def test_a_file_in_a_form_is_left_out_and_noted() -> None:
    body = part("cv", "%PDF", '; filename="cv.pdf"') + part("a", "1") + "--XX--"
    read = multipart_document(body.encode(), BOUNDARY)
    assert (read.value, read.notes) == ({"a": "1"}, ("a file in the form was not read",))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (part("a", "1"), BOUNDARY),  # cut off before its end
        (part("a", "1") + "--XX--", "multipart/form-data"),
        (part("a", "1") + "--XX--", "multipart/form-data; boundary=YY"),
        ("no form at all", BOUNDARY),
        ("", BOUNDARY),
    ],
)
def test_a_broken_multipart_form_is_refused(body: str, content_type: str) -> None:
    with pytest.raises(NotReadable) as refused:
        multipart_document(body.encode(), content_type)
    assert refused.value.code == "not_a_form"


def test_a_content_type_is_read_without_regard_to_case() -> None:
    assert media_type("Application/JSON; Charset=UTF-8") == "application/json"
    assert parameter('multipart/form-data; boundary="Ab C"', "boundary") == "Ab C"
    assert parameter("text/plain; charset=UTF-8", "charset") == "utf-8"
    assert parameter("text/plain", "charset") is None
