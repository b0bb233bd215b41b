"""Local opening hours as UTC segments: the one place that knows about clocks put forward and back.

Instants are whole microseconds since 1970-01-01T00:00Z: integers add exactly and cannot be mistaken for local time.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_NAIVE = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are naive here on purpose
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_DAY = timedelta(days=1)

# Minutes after local midnight, [start, end); 1440 is 24:00.
LocalSegment = tuple[int, int]
UtcSegment = tuple[int, int]


def to_micros(at: datetime) -> int:
    """An aware instant as microseconds since the epoch."""
    return (at - EPOCH) // MICROSECOND


def to_instant(micros: int) -> datetime:
    """Microseconds since the epoch as an aware UTC instant."""
    return EPOCH + micros * MICROSECOND  # a third of the time of timedelta(microseconds=micros)


def utc_segments(zone: tzinfo, day: date, segments: Iterable[LocalSegment]) -> list[UtcSegment]:
    """The UTC segments of one local day: never empty ones, not yet united.

    A local time that does not exist counts as the first instant after the gap; one that exists twice is its first
    occurrence at a start and its last at an end.
    """
    midnight = datetime.combine(day, time())
    steady = _steady_offset(zone, midnight)
    if steady is not None:
        base = (midnight - _EPOCH_NAIVE) // MICROSECOND - steady
        return [(base + start * _MINUTE, base + end * _MINUTE) for start, end in segments]
    found = []
    for start, end in segments:
        opens = _local_to_utc(zone, midnight + timedelta(minutes=start), fold=0)
        closes = _local_to_utc(zone, midnight + timedelta(minutes=end), fold=1)
        if opens < closes:
            found.append((opens, closes))
    return found


def united(segments: Iterable[UtcSegment]) -> list[UtcSegment]:
    """The union: in order, without overlap or seam. On the day clocks go back, neighbours overlap in UTC."""
    whole: list[UtcSegment] = []
    for start, end in sorted(segments):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end))
        else:
            whole.append((start, end))
    return whole


def _steady_offset(zone: tzinfo, midnight: datetime) -> int | None:
    # Nearly all days have one offset: then no single time needs to be asked for (a table is built five times faster).
    following = midnight + _DAY
    offset = zone.utcoffset(midnight)
    for local in (midnight.replace(fold=1), following, following.replace(fold=1)):
        if zone.utcoffset(local) != offset:
            return None
    return _offset(zone, midnight, fold=0)


def _local_to_utc(zone: tzinfo, local: datetime, fold: int) -> int:
    naive = (local - _EPOCH_NAIVE) // MICROSECOND
    offset = _offset(zone, local, fold)
    if zone.utcoffset(local.replace(fold=0)) == zone.utcoffset(local.replace(fold=1)):
        return naive - offset
    other = _offset(zone, local, 1 - fold)
    before, after = (offset, other) if fold == 0 else (other, offset)
    if before > after:  # clocks went back: the time exists twice
        return naive - offset
    return _first_instant_after_gap(zone, naive - after, naive - before)


def _offset(zone: tzinfo, local: datetime, fold: int) -> int:
    offset = zone.utcoffset(local.replace(fold=fold))
    if offset is None:
        raise ValueError(f"{zone} gives no offset: a calendar needs an IANA zone")
    return offset // MICROSECOND


def _first_instant_after_gap(zone: tzinfo, low: int, high: int) -> int:
    # The clock was put forward somewhere in (low, high]: find the second at which the offset changes.
    old = to_instant(low).astimezone(zone).utcoffset()
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if to_instant(middle).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high
