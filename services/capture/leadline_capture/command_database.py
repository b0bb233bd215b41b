"""Capture's schema for a command of `leadline`, whose tables are made if they are not there.

What is needed is loaded when a command runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from leadline_runtime.command_database import with_schema

if TYPE_CHECKING:
    from leadline_runtime.sql import Sql

T = TypeVar("T")


def with_database(work: "Callable[[Sql], Awaitable[T]]") -> T:
    """Do some work on capture's schema, whose tables are made if they are not there. Raises CommandError."""
    from leadline_capture.edge.parts import SCHEMA
    from leadline_capture.edge.tables import MIGRATIONS as OF_THE_DOOR
    from leadline_capture.tables import MIGRATIONS
    from leadline_runtime.migrations import RUNTIME

    return with_schema(SCHEMA, work, RUNTIME + MIGRATIONS + OF_THE_DOOR)
