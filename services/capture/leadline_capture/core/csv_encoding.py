"""In which encoding a CSV file is written: a byte order mark says it, else the bytes themselves do."""

import codecs
import re
from typing import Final

# Longest first: the mark of UTF-32 LE begins like that of UTF-16 LE.
_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_LOOKED_AT: Final = 65_536
# What nobody can tell from the bytes can be named by a person: a closed list, for some of Python's are traps.
NAMED: Final = frozenset({
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "iso-8859-1", "iso-8859-15",
    "cp1250", "iso-8859-2", "cp1251", "koi8-r", "cp1253", "cp1254", "cp437", "cp850", "mac-roman",
    "shift_jis", "euc-jp", "euc-kr", "gb18030", "big5",
})  # fmt: skip


class EncodingFinder:
    """Is fed a whole file piece by piece, so that one odd byte at its very end is still seen."""

    def __init__(self) -> None:
        self._head = b""
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = True

    def feed(self, piece: bytes) -> None:
        """The next bytes of the file."""
        if len(self._head) < _LOOKED_AT:
            self._head += piece[: _LOOKED_AT - len(self._head)]
        if self._is_utf8:
            try:
                self._utf8.decode(piece)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def found(self) -> str:
        """The encoding, as Python names it. A file that is no UTF is read as Windows writes it in the West."""
        for mark, name in _MARKS:
            if self._head.startswith(mark):
                return name
        if (unmarked := _without_mark(self._head)) is not None:
            return unmarked
        return "utf-8" if self._is_utf8 and self._is_whole() else "cp1252"

    def _is_whole(self) -> bool:
        try:
            self._utf8.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True


def _without_mark(head: bytes) -> str | None:
    """UTF-16 that lost its mark: separators and digits have a zero byte on one side, and always the same one."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 5 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = head[: len(head) // 2 * 2].decode(name, "replace")
    return name if re.search("[,;\t|\r\n]", text) else None


def is_encoding(name: str) -> bool:
    """Whether a person may name it."""
    try:
        return codecs.lookup(name).name in {codecs.lookup(each).name for each in NAMED}
    except (LookupError, ValueError):  # the latter for a name that is no name at all
        return False
