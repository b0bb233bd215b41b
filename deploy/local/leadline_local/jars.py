"""Kafka's jars: a committed list with a hash for each, and the folder that holds them."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from leadline_local import locks
from leadline_local.errors import StackError

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Jar:
    """One line of kafka.lock. size: bytes."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str

    @property
    def filename(self) -> str:
        """Its name in Maven's repositories and in ours."""
        return f"{self.artifact}-{self.version}.jar"


def lock_text() -> str:
    """The committed list."""
    return resources.files("leadline_local").joinpath("kafka.lock").read_text(encoding="utf-8")


def parse(text: str) -> tuple[Jar, ...]:
    """Read lines `sha256  bytes  group:artifact:version`. Raises ValueError naming the line that is not one."""
    jars = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            sha256, size, coordinates = line.split()
            group, artifact, version = coordinates.split(":")
            if len(bytes.fromhex(sha256)) != hashlib.sha256().digest_size:
                raise ValueError("a sha256 has 64 hexadecimal digits")
            jars.append(Jar(sha256, int(size), group, artifact, version))
        except ValueError as error:
            raise ValueError(
                f"kafka.lock, line {number}: {error}; a line is `sha256 bytes group:artifact:version`"
            ) from None
    return tuple(jars)


def cache() -> Path:
    """The folder of the jars of this list, shared by all projects of the user."""
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(home).expanduser() / "leadline" / f"kafka-{hashlib.sha256(lock_text().encode()).hexdigest()[:12]}"


def ensure(report: Callable[[str], None]) -> Path:
    """The folder with all jars, fetched and verified if need be; several callers at once do it once.

    Raises StackError if they can neither be found nor fetched.
    """
    folder = cache()
    done = folder / ".ok"
    if done.exists():
        return folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locks.exclusive(folder / ".lock", lambda: report("Kafka: another command is fetching it, waiting")):
            if not done.exists():
                _complete(folder, report)
                done.touch()
    except OSError as error:
        raise StackError(
            f"{folder} cannot be written ({error.strerror}): free some disk space, or set XDG_CACHE_HOME to a "
            "folder of your own, and try again."
        ) from error
    return folder


def is_good(file: Path, jar: Jar) -> bool:
    """Whether the file is the jar, byte for byte."""
    try:
        return file.stat().st_size == jar.size and _sha256(file) == jar.sha256
    except FileNotFoundError:
        return False


def _complete(folder: Path, report: Callable[[str], None]) -> None:
    from leadline_local import fetch  # noqa: PLC0415 -- the Maven client takes 0.3 s to load, needed once in a life

    every = parse(lock_text())
    missing = [jar for jar in every if not is_good(folder / jar.filename, jar)]
    size = sum(jar.size for jar in missing) / _MEGABYTE
    report(f"Kafka: fetching {len(missing)} of {len(every)} jars ({size:.0f} MB), once for this user")
    fetch.fetch(missing, folder, report)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
