"""Dataclasses that are frozen for the type checker, and plain at run time.

Python sets each field of a frozen dataclass through `object.__setattr__`, which makes its constructor three times as
dear, and decisions are made of nothing but such values. mypy --strict refuses every assignment to a field all the same.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414  (the type checker takes it on from here)
else:

    def dataclass(cls: type | None = None, /, **options: Any) -> type | Callable[[type], type]:
        """`dataclasses.dataclass`, with `frozen=True` told to the type checker alone: equal and hashed by value."""
        if options.pop("frozen", False):
            options["unsafe_hash"] = True
        made = dataclasses.dataclass(**options)
        return made if cls is None else made(cls)
