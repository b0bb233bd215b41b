"""Points and values as whole thousandths, so that sums are exact and no order of adding matters (rules B3.2)."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000  # microseconds
DAY: Final = 86_400_000_000  # microseconds


_REMEMBERED: Final = 65_536  # texts; the memory of older ones is given up
_texts: Final[dict[int, str]] = {}
_plain: Final[dict[int, str]] = {}


def text(thousandths: int) -> str:
    """A value as events carry it: 21333 is `21.333`, -5000 is `-5.000`."""
    found = _texts.get(thousandths)
    if found is None:
        whole, rest = divmod(abs(thousandths), 1000)
        found = f"{'-' if thousandths < 0 else ''}{whole}.{rest:03d}"
        _remember(_texts, thousandths, found)
    return found


def plain(thousandths: int) -> str:
    """A value for a sentence: 20000 is `20`, 3333 is `3.333`, 2500 is `2.5`."""
    found = _plain.get(thousandths)
    if found is None:
        found = text(thousandths).rstrip("0").rstrip(".")
        _remember(_plain, thousandths, found)
    return found


def _remember(memory: dict[int, str], thousandths: int, found: str) -> None:
    # A dict, as a call of functools' cache costs the compiled form more than the arithmetic around it.
    if len(memory) >= _REMEMBERED:
        memory.clear()
    memory[thousandths] = found


def thousandths(written: str) -> int:
    """A value that `text` wrote."""
    return int(written.replace(".", ""))


def half_even(numerator: int, denominator: int) -> int:
    """The quotient (denominator > 0), rounded to the nearest whole number, a tie to the even one."""
    quotient = numerator // denominator  # divmod would make a tuple of objects in the compiled form
    twice = 2 * (numerator - quotient * denominator)
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def microseconds(instant: datetime) -> int:
    """An aware instant as microseconds since 1970 in UTC."""
    passed = instant - _EPOCH
    # Exact: a whole number of seconds times a million, of all years that a datetime has, fits a float's 53 bits but for
    # the zeros at its end. Whole numbers of that size are multiplied by a call in the compiled form.
    return int((passed.days * 86_400 + passed.seconds) * 1e6) + passed.microseconds


def instant(at: int) -> datetime:
    """The instant of microseconds since 1970, in UTC."""
    seconds = at // SECOND  # given apart, as timedelta takes far longer to part them
    return _EPOCH + timedelta(0, seconds, at - seconds * SECOND)
