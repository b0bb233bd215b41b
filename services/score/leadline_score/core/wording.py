"""Reasons as rules write them, `{employees} employees`, said of what is known."""

from collections.abc import Sequence
from typing import Any


class Wording:
    """Text and names in turn; a name stands for its value, and for `unknown` where there is none."""

    def __init__(self, parts: Sequence[tuple[str, str | None]]) -> None:
        self.parts = list(parts)

    def of(self, values: dict[str, Any]) -> str:
        """The reason in words."""
        said = ""
        for text, name in self.parts:
            said += text
            if name is not None:
                value = values.get(name)
                said += "unknown" if value is None else str(value)
        return said
