"""Dataclasses that are frozen for the type checker, and plain at run time.

Python sets each field of a frozen dataclass through `object.__setattr__`, which makes its constructor three times as
dear, and decisions are made of nothing but such values. mypy --strict refuses every assignment to a field all the same.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any


def is_compiled(kind: type) -> bool:
    """Was it made by the compiler, which gives each value a constructor that is written out, and `copied`?"""
    return hasattr(kind, "copied")


def declare(kind: type, types: dict[str, str]) -> None:
    """Give a compiled class the types of its fields as the sources declare them: the compiler keeps only their classes,
    and by them pydantic writes and reads."""
    kind.__annotations__.update(types)
    for field in dataclasses.fields(kind):
        field.type = types[field.name]


if TYPE_CHECKING:  # the type checker takes both on from here
    from dataclasses import dataclass as dataclass  # noqa: PLC0414
    from dataclasses import replace as replace  # noqa: PLC0414
else:

    def dataclass(cls: type | None = None, /, **options: Any) -> type | Callable[[type], type]:
        """`dataclasses.dataclass`, with `frozen=True` told to the type checker alone: equal and hashed by value."""
        if options.pop("frozen", False):
            options["unsafe_hash"] = True
        made = dataclasses.dataclass(**options)
        return made if cls is None else made(cls)

    def replace(value: Any, /, **changes: Any) -> Any:
        """`dataclasses.replace` for a value, in a sixth of its time where it has dozens of fields: a copy of all of
        them, then the changes. A class that makes more of its fields, or that is really frozen, goes the long way.
        """
        copy = _COPIES.get(value.__class__)
        if copy is None:
            copy = _COPIES[value.__class__] = _copy_of(value.__class__)
        made = copy(value)
        if made is None:
            return dataclasses.replace(value, **changes)
        for name, changed in changes.items():
            setattr(made, name, changed)
        return made

    _COPIES: dict[type, Callable[[Any], Any]] = {}

    def _copy_of(kind: type) -> Callable[[Any], Any]:
        if is_compiled(kind):
            return kind.copied
        names, params = getattr(kind, "__slots__", ()), kind.__dataclass_params__
        plain = names == tuple(field.name for field in dataclasses.fields(kind))
        if not plain or params.frozen or not params.init or hasattr(kind, "__post_init__"):
            return lambda value: None
        lines = "".join(f"    made.{name} = value.{name}\n" for name in names)
        given: dict[str, Any] = {"new": object.__new__, "kind": kind}
        exec(f"def copy(value):\n    made = new(kind)\n{lines}    return made", given)  # noqa: S102 -- field names
        return given["copy"]
