"""`.leadline/`: what the stack remembers between two commands."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from pydantic import BaseModel, ConfigDict, ValidationError

from leadline_local import locks, ports
from leadline_local.errors import StackError


class Running(BaseModel):
    """The process of a server as it was started. A hint: the lock says whether it lives.

    created: its start in Unix seconds. command: digest of what was started.
    """

    model_config = ConfigDict(extra="forbid")
    pid: int
    created: float
    command: str = ""


class Memory(BaseModel):
    """The content of stack.json."""

    model_config = ConfigDict(extra="forbid")
    version: int = 1
    ports: dict[str, int] = {}
    secrets: dict[str, str] = {}
    places: dict[str, str] = {}
    running: dict[str, Running] = {}


class State:
    """The folder and its stack.json, which is whole at any moment and readable by its owner only.

    Servers start in parallel threads of one process; `stack.lock` keeps other processes out.
    """

    def __init__(self, directory: Path, *, forgiving: bool = False) -> None:
        """Read what `directory` remembers, nothing if there is none.

        forgiving: begin with nothing where it cannot be read: the locks alone suffice to stop servers.
        Raises StackError if it cannot be read.
        """
        self.directory = directory.absolute()
        self._file = self.directory / "stack.json"
        self._mutex = threading.RLock()
        try:
            self._memory = _read(self._file)
        except StackError:
            if not forgiving:
                raise
            self._memory = Memory()

    @property
    def memory(self) -> Memory:
        """What is remembered now; change it through the methods below only."""
        return self._memory

    def folder(self, name: str) -> Path:
        """The folder of one server."""
        return self.directory / name

    def lock(self, name: str) -> Path:
        """The lock that a server of this name holds while it lives."""
        return self.folder(name) / "alive.lock"

    def log(self, name: str) -> Path:
        """Where a server of this name writes what it has to say."""
        return self.folder(name) / "server.log"

    def secret(self, name: str, make: Callable[[], str] = lambda: secrets.token_hex(24)) -> str:
        """The secret of this name, made and saved at the first call."""
        with self._mutex:
            if name not in self._memory.secrets:
                self._memory.secrets[name] = make()
                self._save()
            return self._memory.secrets[name]

    def port(self, name: str) -> int:
        """The remembered port of this name, chosen and saved at the first call."""
        with self._mutex:
            if name not in self._memory.ports:
                self._memory.ports[name] = ports.choose(self._memory.ports.values())
                self._save()
            return self._memory.ports[name]

    def set_port(self, name: str, port: int | None) -> None:
        """Remember a port that somebody else chose; None forgets it, so that the next call chooses again."""
        with self._mutex:
            if port is None:
                self._memory.ports.pop(name, None)
            else:
                self._memory.ports[name] = port
            self._save()

    def set_place(self, name: str, place: Path) -> None:
        """Remember a folder outside this one that belongs to a server."""
        with self._mutex:
            self._memory.places[name] = str(place)
            self._save()

    def set_running(self, name: str, running: Running | None) -> None:
        """Remember the process of a server; None forgets it."""
        with self._mutex:
            if running is None:
                self._memory.running.pop(name, None)
            else:
                self._memory.running[name] = running
            self._save()

    def _save(self) -> None:
        write_private(self._file, self._memory.model_dump_json(indent=1) + "\n")


@contextmanager
def at_work(directory: Path, report: Callable[[str], None], *, forgiving: bool = False) -> Iterator[State]:
    """The folder for whoever changes something: one at a time; made if need be.

    report: told if somebody else is at work and must be waited for. forgiving: as in State.
    Raises StackError if it cannot be used.
    """
    _make_private(directory)
    with locks.exclusive(directory / "stack.lock", lambda: report("Another command is at work here, waiting")):
        yield State(directory, forgiving=forgiving)


def write_private(path: Path, text: str) -> None:
    """Replace the file at `path` in one step; readable by its owner only. Raises StackError if it cannot be."""
    try:
        with NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:  # mode 0600
            part = Path(file.name)
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
                part.replace(path)
            except OSError:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise StackError(
            f"{path} could not be written ({error.strerror}): free some disk space and try again."
        ) from error


def _make_private(directory: Path) -> None:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if directory.stat().st_mode & 0o077:
            directory.chmod(0o700)
    except OSError as error:
        raise StackError(
            f"{directory} cannot be used ({error.strerror}): set LEADLINE_HOME to a folder of your own."
        ) from error


def _read(file: Path) -> Memory:
    try:
        text = file.read_text()
    except FileNotFoundError:
        kept = [name for name in ("kafka", "postgres") if (file.parent / name / "data").exists()]
        if kept:
            raise StackError(
                f"{file} is missing, and with it the passwords of the data in {file.parent}: put it back, "
                f"or delete {file.parent} to start afresh."
            ) from None
        return Memory()
    except OSError as error:
        raise StackError(
            f"{file} cannot be read ({error.strerror}): it belongs to another user, set LEADLINE_HOME to a folder "
            "of your own."
        ) from error
    try:
        return Memory.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its top"
        raise StackError(
            f"{file} is damaged (at {where}: {error.errors()[0]['msg']}): put a good copy back, "
            f"or type `leadline down` and delete {file.parent} to start afresh."
        ) from None
