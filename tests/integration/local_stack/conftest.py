"""A stack folder for each test, with nothing left of it afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadline_local import homes, jars, java, stack
from leadline_local.kafka import Kafka
from leadline_local.postgres import Postgres
from leadline_local.state import State, at_work
from leadline_local.valkey import Valkey
from tests.integration.local_stack.helpers import Reports, survivors


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder with an awkward name: spaces, commas and accents have broken each server once."""
    folder = tmp_path / "a b" / "é,x"
    yield folder
    stack.purge(folder)
    assert not survivors(folder), "a test left something running"


@pytest.fixture
def state(home: Path) -> Iterator[State]:
    """The same folder, open for changes."""
    with at_work(home, Reports()) as opened:
        yield opened


@pytest.fixture
def valkey(state: State) -> Valkey:
    return Valkey(state)


@pytest.fixture
def postgres(state: State) -> Postgres:
    return Postgres(state, homes.find(state))


@pytest.fixture
def kafka(state: State) -> Kafka:
    return Kafka(state, java.find(), jars.ensure(Reports()))
