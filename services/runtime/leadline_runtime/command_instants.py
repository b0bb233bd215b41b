"""Instants that a person gives."""

from datetime import UTC, datetime

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.durations import parse_duration


def instant_in(written: str, option: str, now: datetime | None = None) -> datetime:
    """`now`, how long before it (`7d`, `36h`), a day, or an instant in RFC 3339; in UTC where it says nothing else.

    `now`: by another clock than this machine's. Raises CommandError.
    """
    now = now or datetime.now(UTC)
    if written == "now":
        return now
    try:
        return now - parse_duration(written)
    except (ValueError, OverflowError):
        pass
    try:
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CommandError(
            f"{option} {written!r} is no instant; write 2026-03-12T15:00:00Z, 2026-03-12, 7d (ago) or now.", USAGE
        ) from None
