"""Dataclasses that are frozen for the type checker, and plain at run time: parts of events are such values too."""

from leadline_schemas.values import dataclass as dataclass  # noqa: PLC0414
from leadline_schemas.values import declare as declare  # noqa: PLC0414
from leadline_schemas.values import is_compiled as is_compiled  # noqa: PLC0414
from leadline_schemas.values import replace as replace  # noqa: PLC0414
