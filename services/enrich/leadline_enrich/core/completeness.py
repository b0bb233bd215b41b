"""Is a lead enriched for good, or must somebody be asked again, and when?"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from leadline_enrich.core.answers import Answer


def is_complete(answers: Iterable[Answer]) -> bool:
    """Has every provider answered? "There is no such company" is an answer; silence is not."""
    return all(answer.status != "unavailable" for answer in answers)


def ask_again_at(now: datetime, asked: int, after: Sequence[timedelta], at_most: int) -> datetime | None:
    """When to ask a silent provider again, having asked `asked` times: ever longer waits, the last one repeated.

    None when it was asked `at_most` times: then only a new revision of the lead asks again.
    """
    if asked >= at_most:
        return None
    return now + after[min(asked, len(after)) - 1]
