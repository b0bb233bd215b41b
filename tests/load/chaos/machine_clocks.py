"""Wrong machine clocks, one for each process: by libfaketime, where `.ci/faketime` could bring it.

Only the time of day is wrong. What a process measures durations by stays right, as on a machine whose clock is set.
"""

from collections.abc import Mapping
from pathlib import Path

LIBRARY = Path(__file__).parents[3] / ".tools" / "lib" / "libfaketime.so.1"


class MachineClocks:
    """The clocks of processes by their names; none is wrong before it is set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.available = LIBRARY.is_file()

    def environment(self, name: str) -> Mapping[str, str]:
        """What a process is started with, so that its machine's clock can be set while it runs."""
        if not self.available:
            return {}
        if not self._file(name).exists():
            self.set(name, 0)
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self._file(name)),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, name: str, seconds: int) -> None:
        """From now on (within a second) its machine's clock is so many seconds ahead, or behind if negative."""
        part = self._file(name).with_suffix(".part")
        part.write_text(f"{seconds:+d}\n", encoding="ascii")
        part.replace(self._file(name))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.clock"
