"""Any program that tells over HTTP whether it is ready, supervised as the servers are."""

import http.client
import json
import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from leadline_local import ports
from leadline_local.spawn import Command, leadline_variables
from leadline_local.state import State

_TIMEOUT_SECONDS = 2.0
_FROM_USER = ("HOME", "USER", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Process:
    """A program in `.leadline/<name>`.

    argv: what to run. environment: what it gets beside a small environment and the user's LEADLINE_ variables.
    port_variables: (name of a port, variable that tells it its number); the first is the one people use.
    ready_port: name of the port on which GET /readyz answers 200 when it is ready.
    """

    state: State
    name: str
    title: str
    argv: tuple[str, ...]
    port_variables: tuple[tuple[str, str], ...]
    ready_port: str
    environment: dict[str, str] = field(default_factory=dict)
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    patience: ClassVar[tuple[float, float]] = (90.0, 12.0)

    @property
    def workdir(self) -> Path:
        """Its own folder."""
        return self.state.folder(self.name)

    @property
    def ports(self) -> tuple[str, ...]:
        """Names of its ports."""
        return tuple(name for name, _ in self.port_variables)

    def prepare(self, lock: int) -> None:
        """Nothing."""

    def command(self) -> Command:
        """The program with its ports."""
        told = {variable: str(self.state.port(name)) for name, variable in self.port_variables}
        return Command(self.argv, self.workdir, _from_user() | self.environment | told)

    def ready(self) -> bool:
        """Whether it says so."""
        return self._asked()[0] == http.HTTPStatus.OK

    def says(self) -> dict[str, Any]:
        """What it tells of itself on GET /readyz, ready or not; nothing if it tells nothing."""
        try:
            told = json.loads(self._asked()[1])
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}

    def _asked(self) -> tuple[int, bytes]:
        """Status and body; 0 and nothing if nobody answers."""
        connection = http.client.HTTPConnection(ports.HOST, self.state.port(self.ready_port), timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def heal(self, exit_code: int) -> bool:
        """Nothing to mend."""
        return False


def _from_user() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _FROM_USER if name in os.environ}
    return kept | leadline_variables() | {"PYTHONUNBUFFERED": "1"}
