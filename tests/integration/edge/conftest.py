"""Servers of our own, which tests may stop, kill and pause."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline_local import server
from leadline_local.endpoints import Endpoints
from leadline_local.stack import endpoints, purge, servers, up
from leadline_local.state import State, at_work


class Servers:
    """A stack of our own, so that we may stop its servers."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def endpoints(self) -> Endpoints:
        """Where they answer."""
        return endpoints(State(self.home))

    def up(self) -> Endpoints:
        """All of them up."""
        return up(self.home, report=print)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a server."""
        os.kill(State(self.home).memory.running[name].pid, number)

    def stop(self, name: str) -> None:
        """Stop a server in order."""
        with at_work(self.home, print) as state:
            (wanted,) = [one for one in servers(state) if one.name == name]
            server.stop(wanted, state)


@pytest.fixture(scope="package")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers that only these tests use."""
    home = tmp_path_factory.mktemp("edge-stack")
    made = Servers(home)
    made.up()
    yield made
    purge(home)
