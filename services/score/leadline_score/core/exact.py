"""Points and values as whole thousandths, so that sums are exact and no order of adding matters (rules B3.2)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000  # microseconds
DAY = 86_400 * SECOND


@lru_cache(maxsize=65_536)
def text(thousandths: int) -> str:
    """A value as events carry it: 21333 is `21.333`, -5000 is `-5.000`."""
    whole, rest = divmod(abs(thousandths), 1000)
    return f"{'-' if thousandths < 0 else ''}{whole}.{rest:03d}"


@lru_cache(maxsize=65_536)
def plain(thousandths: int) -> str:
    """A value for a sentence: 20000 is `20`, 3333 is `3.333`, 2500 is `2.5`."""
    return text(thousandths).rstrip("0").rstrip(".")


def thousandths(written: str) -> int:
    """A value that `text` wrote."""
    return int(written.replace(".", ""))


def half_even(numerator: int, denominator: int) -> int:
    """The quotient (denominator > 0), rounded to the nearest whole number, a tie to the even one."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + (twice > denominator or (twice == denominator and quotient % 2 == 1))


def microseconds(instant: datetime) -> int:
    """An aware instant as microseconds since 1970 in UTC."""
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * SECOND + passed.microseconds


def instant(at: int) -> datetime:
    """The instant of microseconds since 1970, in UTC."""
    return _EPOCH + timedelta(microseconds=at)
