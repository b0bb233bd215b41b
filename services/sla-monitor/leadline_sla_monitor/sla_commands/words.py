"""Times and lengths of time for a person."""

from datetime import datetime, timedelta

from rich.text import Text

AT = "%Y-%m-%d %H:%M:%SZ"


def at(instant: datetime) -> str:
    """An instant, in whole seconds, or to the millisecond where it has such."""
    milli = f".{instant.microsecond // 1000:03d}" if instant.microsecond else ""
    return f"{instant:%Y-%m-%d %H:%M:%S}{milli}Z"


def lasting(seconds: float | None) -> str:
    """`4 min 10 s`, `2 d 3 h`: the two largest units; below a minute with a fraction; `–` for what is not known."""
    if seconds is None:
        return "–"
    if seconds < 0:
        return f"−{lasting(-seconds)}"
    if seconds < 60:
        return exactly(seconds)
    left, parts = int(seconds), list[str]()
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        number, left = divmod(left, length)
        if number or parts:
            parts.append(f"{number} {unit}" if number else "")
    return " ".join(part for part in parts[:2] if part)


def exactly(seconds: float) -> str:
    """`226,200 s`, `0.25 s`: to the millisecond, for arithmetic."""
    return f"{seconds:,.3f}".rstrip("0").rstrip(".") + " s"


def countdown(due_at: datetime, now: datetime) -> Text:
    """How long is left until the due time, or how long it is over."""
    left = (due_at - now) / timedelta(seconds=1)
    if left < 0:
        return Text(f"{lasting(float(int(-left)))} over", style="bold red")
    style = "red" if left < 60 else "yellow" if left < 600 else "green"
    return Text(f"in {lasting(float(int(left)))}", style=style)
