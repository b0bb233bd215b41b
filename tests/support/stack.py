"""A real Kafka, PostgreSQL and Redis for tests, by one switch.

LEADLINE_TEST_STACK says whose they are:

- `external`: those named by LEADLINE_KAFKA, LEADLINE_DATABASE_URL and LEADLINE_REDIS_URL;
- `containers`: Docker's, started for this run;
- `local`: processes of this machine, started for this run in a temporary folder;
- `auto` (the default): external if the three are set, else containers if Docker answers, else local.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from leadline_local import locks
from leadline_local.endpoints import Endpoints
from leadline_local.stack import up
from tests.support.containers import container_stack, docker_answers

SWITCH = "LEADLINE_TEST_STACK"
URLS = ("LEADLINE_KAFKA", "LEADLINE_DATABASE_URL", "LEADLINE_REDIS_URL")
_CLOSING_SECONDS = 60


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """Addresses of the three servers; all tests of a run share them, so name what you make by `prefix`."""
    worker = "PYTEST_XDIST_WORKER" in os.environ
    base = tmp_path_factory.getbasetemp()
    with opened(choose(dict(os.environ)), base.parent if worker else base, alone=not worker) as endpoints:
        yield endpoints


@pytest.fixture
def prefix() -> str:
    """A name that no other test has: letters and digits only, fit for topics, schemas and keys."""
    return f"t{secrets.token_hex(5)}"


def choose(environment: dict[str, str]) -> str:
    """The kind of stack that the environment asks for. Raises ValueError if it asks for none there is."""
    wanted = environment.get(SWITCH, "auto")
    given = all(environment.get(name) for name in URLS)
    if wanted == "external" and not given:
        raise ValueError(f"{SWITCH}=external needs {', '.join(URLS)}")
    if wanted in ("external", "containers", "local"):
        return wanted
    if wanted != "auto":
        raise ValueError(f"{SWITCH} is {wanted!r}; it can be auto, containers, local or external")
    if given:
        return "external"
    return "containers" if docker_answers() else "local"


def opened(kind: str, base: Path, *, alone: bool) -> AbstractContextManager[Endpoints]:
    """The stack of this kind for as long as it is entered.

    base: a folder shared by all processes of the run. alone: whether there is but one such process.
    """
    if kind == "external":
        return _external()
    if kind == "containers":
        return container_stack()
    return _local(base, alone=alone)


@contextmanager
def _external() -> Iterator[Endpoints]:
    yield Endpoints("external", *(os.environ[name] for name in URLS))


@contextmanager
def _local(base: Path, *, alone: bool) -> Iterator[Endpoints]:
    directory, users = base / "leadline-stack", base / "leadline-stack.users"
    reaper = None
    try:
        with locks.shared(users):
            # It gets the lock when we and all our sister processes have let it go, be it by kill -9.
            reaper = subprocess.Popen(
                [sys.executable, "-m", "leadline_local.reaper", str(directory), str(users)],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            yield up(directory, report=print)
    finally:
        if reaper and alone:
            reaper.wait(_CLOSING_SECONDS)
        elif reaper:
            reaper.returncode = 0  # it waits for the others; nobody waits for it
