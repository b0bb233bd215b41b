"""The pitfalls of JSON: each is refused with its reason where the sender can be told, else kept and noted."""

import pytest

from leadline_runtime.core.json_reader import NotReadable, read_json


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_key"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a": 1e999}', "number_too_large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number_too_large"),
        (b'{"a": "\\ud83d"}', "bad_character"),
        (b'{"a": "\\ud83d\\ud83d\\ude00"}', "bad_character"),
        (b'{"a": "\x00"}', "not_json"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b"[" * 1_000_000, "too_deep"),
        (b'{"a": 1', "not_json"),
        (b"", "not_json"),
        (b'{"a": "\xff"}', "not_text"),
    ],
)
def test_at_the_door_it_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(NotReadable) as refused:
        read_json(body, strict=True)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\ud83d\\ude00"}',  # a whole pair is a character
        b'{"a": "\\\\ud83d"}',  # an escaped backslash, then plain letters
        b'{"a": "' + b"[{" * 500 + b'"}',  # brackets in a text are no depth
        b"\xef\xbb\xbf{}",  # a byte order mark
        b"[" * 64 + b"]" * 64,
        b"[" + b"{}," * 500 + b"{}]",
    ],
)
def test_what_only_looks_odd_is_read(body: bytes) -> None:
    read_json(body, strict=True)


def test_of_a_field_named_twice_a_vendor_means_the_last() -> None:
    read = read_json(b'{"a": 1, "a": 2}', strict=False)
    assert read.value == {"a": 2}
    assert read.notes == ("an object names a field twice: the last value counts",)


def test_a_number_beyond_a_float_keeps_its_digits() -> None:
    read = read_json(
        b'{"small": 9007199254740992, "large": 9007199254740993, "id": 18446744073709551616}', strict=False
    )
    assert read.value == {"small": 2**53, "large": "9007199254740993", "id": "18446744073709551616"}


def test_a_number_too_large_for_anything_is_text() -> None:
    assert read_json(b"[1e999]", strict=False).value == ["1e999"]
    assert read_json(b"[" + b"7" * 5000 + b"]", strict=False).value == ["7" * 5000]


def test_an_encoding_that_is_a_program_is_none() -> None:
    for charset in ("unicode_escape", "utf-7", "idna", "zlib", "rot13", "no-such"):
        with pytest.raises(NotReadable):
            read_json(b"{}", strict=False, charset=charset)
