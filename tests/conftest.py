"""Fixtures for all tests."""

import logging
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A law holds however slow the machine is; how long a step takes is measured elsewhere.
settings.register_profile("leadline", deadline=None)
settings.load_profile("leadline")

pytest_plugins = ["tests.support.stack"]


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    """A command that sets up logging writes to the output of its own test: later logs would write to none."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
