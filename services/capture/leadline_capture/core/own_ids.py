"""The id a source gives its submission, by which a repeat of it is known; ids of leads that senders name."""

from collections.abc import Mapping
from uuid import UUID

from leadline_capture.core import values
from leadline_capture.core.items import asked
from leadline_capture.core.mapping import is_test
from leadline_capture.core.sources import Source
from leadline_capture.core.surroundings import Surroundings

_LONGEST = 500


def own_id(source: Source, around: Surroundings, headers: Mapping[str, str] | None = None) -> str | None:
    """The source's own id of this submission; None without one, and for test traffic, which shares one id.

    `headers` by name in lower case, for sources that give the id in one.
    """
    notes: list[str] = []
    if (source.own_id is None and source.own_id_header is None) or is_test(source, around, notes):
        return None
    if source.own_id_header is not None:
        given = (headers or {}).get(source.own_id_header.lower(), "").strip()
        return given if 0 < len(given) <= _LONGEST and given.isprintable() else None
    assert source.own_id is not None
    found = values.text(asked(source.own_id, around.body, around, notes, "own_id"), notes.append, first=True)
    return found if found is not None and len(found) <= _LONGEST else None


def lead_id_of(given: str | None) -> UUID | None:
    """The id of a lead that a sender names; None for what is none."""
    try:
        return UUID(given.strip()) if given else None
    except ValueError:
        return None
