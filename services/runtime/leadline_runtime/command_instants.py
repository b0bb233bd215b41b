"""Instants that a person gives."""

from datetime import UTC, datetime

from leadline_runtime.command_errors import USAGE, CommandError


def instant_in(written: str, option: str) -> datetime:
    """`now`, a day, or an instant in RFC 3339; in UTC where it says nothing else. Raises CommandError."""
    if written == "now":
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise CommandError(
            f"{option} {written!r} is no instant; write 2026-03-12T15:00:00Z, 2026-03-12 or now.", USAGE
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
