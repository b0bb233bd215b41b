"""Points and values as whole thousandths, so that sums are exact and no order of adding matters (rules B3.2)."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000  # microseconds
DAY: Final = 86_400_000_000  # microseconds
_FLOATS_TELL: Final = 1 << 51  # up to 2041 floats of seconds are apart by less than half a microsecond
_instant_of: Final = datetime.fromtimestamp


# Texts made before, by the value itself: of all from nothing to the most that a dimension gives.
_MANY: Final = 100_001
_texts: Final[list[str]] = [""] * _MANY
_plains: Final[list[str]] = [""] * _MANY


def text(thousandths: int) -> str:
    """A value as events carry it: 21333 is `21.333`, -5000 is `-5.000`."""
    if thousandths < 0:
        return "-" + text(-thousandths)
    if thousandths >= _MANY:
        return _written(thousandths)
    found = _texts[thousandths]
    if not found:
        found = _texts[thousandths] = _written(thousandths)
    return found


def plain(thousandths: int) -> str:
    """A value for a sentence: 20000 is `20`, 3333 is `3.333`, 2500 is `2.5`."""
    if thousandths < 0:
        return "-" + plain(-thousandths)
    if thousandths >= _MANY:
        return _shortened(_written(thousandths))
    found = _plains[thousandths]
    if not found:
        found = _plains[thousandths] = _shortened(_written(thousandths))
    return found


def _written(thousandths: int) -> str:
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def _shortened(written: str) -> str:
    return written.rstrip("0").rstrip(".")


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
    if 0 <= at < _FLOATS_TELL:
        return _instant_of(at / 1e6, UTC)
    whole = at // SECOND  # given apart, as timedelta takes far longer to part them
    return _EPOCH + timedelta(0, whole, at - whole * SECOND)


def seconds(count: int) -> int:
    """So many seconds in microseconds."""
    return int(count * 1e6)  # exact, and no call, as in `microseconds`
