"""How long a server asks to be left alone: the header Retry-After, as seconds or as a time."""

from datetime import datetime, timedelta
from typing import Final

_HTTP_DATE: Final = "%a, %d %b %Y %H:%M:%S GMT"
LONGEST: Final = timedelta(days=1)


def retry_after(given: str, date: str) -> timedelta | None:
    """None if nothing that can be used is said; a day at the most.

    date: the header Date of the same answer. A time is held against the server's own clock, which may be wrong.
    """
    given = given.strip()
    if given.isascii() and given.isdigit():
        return min(timedelta(seconds=int(given[:9])), LONGEST) if len(given) < 10 else LONGEST
    until, now = _instant(given), _instant(date)
    if until is None or now is None:
        return None
    return min(max(until - now, timedelta()), LONGEST)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), _HTTP_DATE)  # noqa: DTZ007 - both are in GMT, and only held together
    except ValueError:
        return None
