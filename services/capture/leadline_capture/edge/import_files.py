"""Uploaded lists on this door's disk: taken in piece by piece, durable before anybody is told so."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Final
from uuid import UUID, uuid4

_INCOMING: Final = ".incoming"


class ImportsInUse(ValueError):
    """Another door has the directory, or it cannot be used at all."""


class ImportFiles:
    """A directory of one door, for its owner alone (0700; files 0600): lists hold what people wrote.

    `home` names the directory: imports that lie here are this door's work, also after it was killed.
    """

    home: UUID

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._lock: int | None = None

    def open(self, patience_s: float = 0.0) -> None:
        """Take the directory, and drop what a former process had not taken in whole. Raises ImportsInUse."""
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.directory / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self._take_lock(monotonic() + patience_s)
            for path in self.directory.glob(f"*{_INCOMING}"):
                path.unlink()
            self.home = self._named()
        except (OSError, ValueError) as error:
            self.close()
            if isinstance(error, ImportsInUse):
                raise
            why = os.strerror(error.errno or 0) if isinstance(error, OSError) else "its file `home` holds no id"
            raise ImportsInUse(f"the directory for lists {self.directory} cannot be used: {why}") from None

    def _take_lock(self, until: float) -> None:
        assert self._lock is not None
        while True:
            try:
                return fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() >= until:
                    raise ImportsInUse(
                        f"another process uses the directory for lists {self.directory}; give each door one of its own"
                    ) from None
            sleep(0.05)  # the one before may be about to end

    def _named(self) -> UUID:
        path = self.directory / "home"
        if not path.exists():
            fresh = self.incoming()
            fresh.write_text(str(uuid4()), encoding="ascii")
            self._settle(fresh, path)
        return UUID(path.read_text(encoding="ascii"))

    def incoming(self) -> Path:
        """A new file for what is just coming in."""
        path = self.directory / f"{uuid4().hex}{_INCOMING}"
        path.touch(mode=0o600, exist_ok=False)
        return path

    def keep(self, incoming: Path, import_id: UUID) -> Path:
        """Make what came in whole durable, under its import's name."""
        kept = self.path_of(import_id)
        self._settle(incoming, kept)
        return kept

    def path_of(self, import_id: UUID) -> Path:
        """Where an import's list is, if it is here."""
        return self.directory / f"{import_id.hex}.list"

    def drop(self, path: Path) -> None:
        """Delete a list that is not needed any more."""
        with suppress(FileNotFoundError):
            path.unlink()

    def kept(self) -> list[UUID]:
        """The imports whose lists are here."""
        return [UUID(path.stem) for path in self.directory.glob("*.list")]

    def _settle(self, path: Path, to: Path) -> None:
        with path.open("rb") as file:
            os.fsync(file.fileno())
        path.replace(to)
        folder = os.open(self.directory, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Let go of the directory."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
