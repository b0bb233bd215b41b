"""A CSV file on disk: what it is, and its lines, read piece by piece so that its size does not matter."""

import gzip
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

from leadline_capture.core.csv_encoding import EncodingFinder
from leadline_capture.core.csv_rows import LONGEST_LINE
from leadline_runtime.core.values import dataclass

_PIECE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was read once to its end. `file_id`: of its content, unpacked; `size`: as it lies on the disk."""

    path: Path
    file_id: str
    encoding: str
    size: int
    changed_at: int


class TooLarge(Exception):
    """The file is larger than allowed when it is unpacked."""


def examine(path: Path, most: int | None = None) -> Examined:
    """Read the whole file once. Raises OSError, EOFError and zlib.error, the last two for a gzip file that is damaged;
    TooLarge beyond `most` bytes."""
    digest, finder = hashlib.sha256(), EncodingFinder()
    before, size = path.stat(), 0
    stream, raw = _opened(path)
    with raw, stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if most is not None and size > most:
                raise TooLarge
            digest.update(piece)
            finder.feed(piece)
    return Examined(path, digest.hexdigest(), finder.found(), before.st_size, before.st_mtime_ns)


class Lines(Iterator[str]):
    """The lines of a file with their ends. A line beyond all measure is cut, so that it cannot fill the memory."""

    def __init__(self, path: Path, encoding: str) -> None:
        stream, self._raw = _opened(path)
        # What no encoding knows becomes the replacement character: an odd byte is no reason to lose a row.
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")

    @property
    def position(self) -> int:
        """How many bytes of the file on disk were read."""
        return self._raw.tell()

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := self._text.readline(LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
        return line

    def close(self) -> None:
        """Let go of the file."""
        self._text.close()
        self._raw.close()


def _opened(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """The content of a file, unpacked if it is gzip, and the file itself."""
    raw = path.open("rb")
    packed = raw.read(2) == _GZIP
    raw.seek(0)
    return (cast(IO[bytes], gzip.open(raw, "rb")) if packed else raw), raw
