"""Instants as Python's own `UTC` tells them: pydantic gives each one a zone of its own, and Python asks both zones
whenever two instants of different ones are compared: ten times the price (0.6 us against 0.06, one run, one machine).
"""

from datetime import datetime
from typing import Any

from pydantic import ValidatorFunctionWrapHandler
from pydantic_core import CoreSchema, core_schema

# Every third character from the fifth on, of 2026-03-10T14:00:00Z and of the same with microseconds, by their lengths:
# what Python reads besides (weeks, other marks between date and time) is for pydantic to judge.
MARKS = {20: "--T::Z", 27: "--T::."}
_read = datetime.fromisoformat
_AS_WRITTEN = core_schema.chain_schema(
    [core_schema.str_schema(), core_schema.no_info_plain_validator_function(_read)]
)  # fmt: skip


def in_utc(value: Any, validated: ValidatorFunctionWrapHandler) -> Any:
    """A validator around that of instants: what is spelled as we do is read at once, all else as ever."""
    if type(value) is str and value[4:20:3] == MARKS.get(len(value)) and value[-1] == "Z":
        try:
            return _read(value)
        except ValueError:
            pass  # the words for what is wrong with it are pydantic's
    return validated(value)


def as_written(schema: CoreSchema) -> CoreSchema:
    """The schema of values whose JSON this system wrote itself, made to read instants as they were written."""
    made: CoreSchema = _within(schema)
    return made


def _within(part: Any) -> Any:
    if isinstance(part, list):
        return [_within(each) for each in part]
    if not isinstance(part, dict):
        return part
    return _AS_WRITTEN if part.get("type") == "datetime" else {name: _within(each) for name, each in part.items()}
