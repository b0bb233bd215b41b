"""Texts with `{names}` in them. Nothing is run: a name stands for a value, and a value is never looked into again.

What stands in square brackets is left out if any of its names has no value: `{request}[ of grade {grade}]`.
"""

import re
from collections.abc import Mapping
from typing import Final

_NAME: Final = re.compile(r"\{(\w*)\}", re.ASCII)
_FRAGMENT: Final = re.compile(r"\[([^\[\]]*)\]")
NOTHING: Final = "–"  # where there is no value, outside of brackets


def names_in(text: str) -> frozenset[str]:
    """The names that a text asks for."""
    return frozenset(_NAME.findall(text))


def fault_of(text: str) -> str | None:
    """What is wrong with the form of a text; None if nothing is."""
    bare = _FRAGMENT.sub(lambda found: found[1], _NAME.sub("", text))
    odd = next((sign for sign in bare if sign in "{}[]"), None)
    if odd is None:
        return None
    return f"has a {odd} that belongs to nothing; names stand in braces: {{due}}, what may be left out in brackets"


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """The text with its values. A value is put in as it is: braces and brackets in it mean nothing."""
    # Split first, so that no bracket of a value is taken for one of the text.
    parts: list[str] = []
    end = 0
    for found in _FRAGMENT.finditer(text):
        parts.append(_named(text[end : found.start()], values))
        inner = found[1]
        if all(values.get(name) for name in names_in(inner)):
            parts.append(_named(inner, values))
        end = found.end()
    parts.append(_named(text[end:], values))
    return "".join(parts)


def _named(text: str, values: Mapping[str, str | None]) -> str:
    return _NAME.sub(lambda found: values.get(found[1]) or NOTHING, text)
