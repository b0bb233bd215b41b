"""Repeats of events told apart: a record is written twice right after a crash, never long after."""

from uuid import UUID

REMEMBERED = 100_000  # leads


class Newest:
    """Which revision of each lead was seen last, of those that were spoken of last."""

    def __init__(self) -> None:
        self._revisions: dict[UUID, int] = {}

    def is_new(self, lead_id: UUID, revision: int) -> bool:
        """Is it the first of this revision, as far as is remembered?"""
        before = self._revisions.pop(lead_id, 0)
        self._revisions[lead_id] = max(before, revision)
        if len(self._revisions) > REMEMBERED:
            del self._revisions[next(iter(self._revisions))]
        return revision > before
