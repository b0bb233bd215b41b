"""PostgreSQL, by the programs of its package and not by that package's Python layer."""

import os
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil
import psycopg
from psycopg import sql

from leadline_local import ports
from leadline_local.errors import StackError
from leadline_local.homes import Home
from leadline_local.once import run_once
from leadline_local.spawn import Command
from leadline_local.state import State

USER = DATABASE = "leadline"
_INIT = (
    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)
_SETTINGS = (
    *("listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=100", "shared_buffers=64MB"),
    *("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_wal_size=256MB"),
    *("timezone=UTC", "cluster_name=leadline"),
)


@dataclass(frozen=True)
class Postgres:
    """The server in `.leadline/postgres`, or for root in a folder that `nobody` can reach."""

    state: State
    home: Home
    name: ClassVar[str] = "postgres"
    title: ClassVar[str] = "PostgreSQL"
    ports: ClassVar[tuple[str, ...]] = ("postgres",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # SIGTERM waits for clients for ever
    patience: ClassVar[tuple[float, float]] = (60.0, 30.0)

    @property
    def workdir(self) -> Path:
        """Where its data lies."""
        return self.home.workdir

    @property
    def url(self) -> str:
        """Where clients find it."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        password, port = self.state.secret("postgres"), self.state.port("postgres")
        return f"postgresql://{USER}:{password}@{ports.HOST}:{port}/{database}"

    def prepare(self, lock: int) -> None:
        """Make the cluster, the first time; after a crash remove what would keep it from starting."""
        self.home.prepare(self.state)
        data = self.workdir / "data"
        if not data.exists():
            self._initialise(lock)
        elif _is_stale(data / "postmaster.pid"):
            (data / "postmaster.pid").unlink()

    def command(self) -> Command:
        """The server on the port that is remembered now."""
        settings = (*_SETTINGS, f"port={self.state.port('postgres')}")
        options = tuple(part for setting in settings for part in ("-c", setting))
        return self._program("postgres", "-D", "data", *options)

    def ready(self) -> bool:
        """Whether it takes our password and has our database."""
        if not ports.answers(self.state.port("postgres")):
            return False
        try:
            with psycopg.connect(self._url("postgres"), connect_timeout=5, autocommit=True) as connection:
                known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not known:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StackError(
                    f"The PostgreSQL on port {self.state.port('postgres')} does not take the password in "
                    f"{self.state.directory / 'stack.json'}: put the stack.json back that belongs to its data."
                ) from None
            return False
        return True

    def heal(self, exit_code: int) -> bool:
        """Nothing to mend."""
        return False

    def _initialise(self, lock: int) -> None:
        part, password = self.workdir / "data.part", self.workdir / "password"
        shutil.rmtree(part, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.state.secret("postgres"))
        self.home.give(password)
        arguments = ("-D", "data.part", "-U", USER, "--pwfile=password", *_INIT)
        run_once(self.title, self._program("initdb", *arguments), lock, self.state.log(self.name))
        password.unlink()
        part.rename(self.workdir / "data")  # its being there says that it is whole

    def _program(self, name: str, *arguments: str) -> Command:
        return Command((str(self.home.bin / name), *arguments), self.workdir, {}, self.home.account)


def _is_stale(file: Path) -> bool:
    """Whether postmaster.pid names no PostgreSQL at work on this data, so that the file may go."""
    try:
        process = psutil.Process(int(file.read_text().split("\n", 1)[0]))
        if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
            return True
        return Path(process.cwd()) != file.parent
    except FileNotFoundError:
        return False
    except (ValueError, psutil.NoSuchProcess):
        return True
    except psutil.AccessDenied:  # a stranger's: ours is ours to look at
        return True
