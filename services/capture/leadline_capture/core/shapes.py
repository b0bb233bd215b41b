"""Functions of mappings that bring odd objects into a usual shape. None raises: what does not fit gives nothing."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

_STEP: Final = re.compile(r"\[([^\[\]]*)\]")
_DEEPEST: Final = 8


def nested(values: Any) -> Any:
    """A form with bracketed names as the object they stand for: `fields[email][value]` → {fields: {email: {value}}}."""
    if not isinstance(values, dict):
        return values
    found: dict[str, Any] = {}
    for name, value in values.items():
        steps = [name.partition("[")[0], *_STEP.findall(name)][: _DEEPEST + 1]
        inside = found
        for step in steps[:-1]:
            inner = inside.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            inside = inner
        else:
            inside.setdefault(steps[-1], value)
    return found


def without_prefix(values: Any, prefix: Any) -> dict[str, Any]:
    """An object whose names have lost a prefix, a pattern as `q[0-9]+_`. Of several that become equal the first."""
    if not isinstance(values, dict) or not isinstance(prefix, str):
        return {}
    found: dict[str, Any] = {}
    for name, value in values.items():
        found.setdefault(re.sub(f"^(?:{prefix})", "", name) or name, value)
    return found


def valued(values: Any) -> dict[str, Any]:
    """An object of {value: x} as an object of x; what has no `value` stays as it is."""
    if not isinstance(values, dict):
        return {}
    return {
        name: each["value"] if isinstance(each, dict) and "value" in each else each for name, each in values.items()
    }


def divided(value: Any, by: Any) -> str | None:
    """An amount that a vendor writes in hundredths: `divided(value, `100`)`."""
    try:
        numbers = [Decimal(str(each)) for each in (value, by) if not isinstance(each, bool)]
        return format(numbers[0] / numbers[1], "f") if len(numbers) == 2 and numbers[0].is_finite() else None
    except (InvalidOperation, ZeroDivisionError, ValueError):
        return None
