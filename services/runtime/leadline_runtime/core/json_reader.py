"""JSON from strangers, read so that nothing is lost in silence and nothing surprises a later step.

The standard library's reader takes NaN, keeps only the last of two equal names and recurses as deep as it is told;
others turn 2^64 into a float. Here each of these is refused, or kept as text and noted.
"""

import json
import re
from typing import Any, Final

from leadline_runtime.core.values import dataclass

MAX_DEPTH: Final = 64
# Up to here every reader of JSON agrees on a whole number; 16 characters are at most 2^53 and a little.
_EXACT: Final = 2**53
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_PAIR: Final = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_NO_BRACKETS: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[^\[\]{}"]++|"', re.DOTALL)
# Only these: Python also knows "encodings" that run programs' escapes or take quadratic time.
_UTF8: Final = frozenset({"utf-8", "utf8"})
_WESTERN: Final = frozenset({"us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252"})
_EASTERN: Final = frozenset({"iso-8859-2", "windows-1250", "windows-1251", "koi8-r"})
_ASIAN: Final = frozenset({"shift_jis", "euc-jp", "euc-kr", "gb2312", "gbk", "gb18030", "big5"})
CHARSETS: Final = _UTF8 | _WESTERN | _EASTERN | _ASIAN


class NotReadable(ValueError):
    """A body that cannot be read as what it says it is. `code` is stable; the text says why and holds no value."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Read:
    """A value, and what is to be known of how it was read."""

    value: Any
    notes: tuple[str, ...] = ()


class _Reader:
    """Hooks of one reading. Strict: refuse what is ambiguous. Else: decide and note it."""

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.notes: list[str] = []

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            if self.strict:
                raise NotReadable("duplicate_key", "an object names a field twice; name each field once")
            self.notes.append("an object names a field twice: the last value counts")
        return found

    def whole(self, text: str) -> int | str:
        if len(text) < 16:
            return int(text)
        if self.strict and len(text) > 300:
            raise NotReadable("number_too_large", "a number has more than 300 digits; send long numbers as text")
        number = int(text) if len(text) <= 300 else None
        return number if number is not None and (self.strict or abs(number) <= _EXACT) else text

    def real(self, text: str) -> float | str:
        number = float(text)
        if number in (float("inf"), float("-inf")):
            if self.strict:
                raise NotReadable("number_too_large", "a number is too large; send long numbers as text")
            return text
        return number

    def constant(self, name: str) -> None:
        if self.strict:
            raise NotReadable("not_json", f"{name} is no JSON; leave the field out, or send null")
        self.notes.append(f"{name} is no JSON: read as null")


def read_json(data: bytes, *, strict: bool, charset: str = "utf-8") -> Read:
    """The value in `data`. Raises NotReadable.

    Strict refuses a field named twice, NaN, numbers beyond a float, and lone surrogates. Otherwise nothing of that
    costs a lead: the last value counts, NaN is null, numbers beyond 2^53 become text (ids keep all their digits).
    """
    text = decode_text(data, charset)
    _check_depth(text)
    if strict and _SURROGATE.search(text):
        _check_surrogates(text)
    reader = _Reader(strict)
    try:
        value = json.loads(
            text,
            object_pairs_hook=reader.pairs,
            parse_int=reader.whole,
            parse_float=reader.real,
            parse_constant=reader.constant,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise NotReadable("not_json", f"the body is no JSON: {error.msg} at {where}") from None
    except RecursionError:
        raise NotReadable("too_deep", f"the body is nested deeper than {MAX_DEPTH} levels") from None
    return Read(value, tuple(dict.fromkeys(reader.notes)))


def decode_text(data: bytes, charset: str) -> str:
    """`data` as text without a byte order mark. Raises NotReadable."""
    if charset in CHARSETS:
        try:
            return data.decode("utf-8-sig" if charset in _UTF8 else charset)
        except UnicodeDecodeError:
            pass
    raise NotReadable("not_text", "the body is not text in the charset it declares; send UTF-8")


def _check_depth(text: str) -> None:
    # Counting brackets is cheap and right for nearly every body; only one with many is measured, strings left out.
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for mark in _NO_BRACKETS.sub("", text):
        depth += 1 if mark in "[{" else -1
        if depth > MAX_DEPTH:
            raise NotReadable("too_deep", f"the body is nested deeper than {MAX_DEPTH} levels")


def _check_surrogates(text: str) -> None:
    # Valid pairs are taken out first; what is left stands alone and is no character.
    if _SURROGATE.search(_PAIR.sub("", text.replace("\\\\", ""))):
        raise NotReadable("bad_character", "a text holds half of a surrogate pair, which is no character")
