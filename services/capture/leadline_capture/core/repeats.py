"""A form sent twice: a double click, a page loaded again. It brings no id of its own, so its content and its time are
its id: the same content within the source's `repeats_within` is the same submission.

Time is cut into windows of that length. Two sendings around a cut get the ids of two neighbouring windows; for those
the lead's own acts are looked at (`twins`).
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from leadline_capture.core.documents import media_type, parameter
from leadline_schemas.ids import request_id, submission_id_of_key

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def fingerprint(body: bytes, content_type: str) -> bytes:
    """SHA-256 of the content. A multipart body's boundary, which a browser makes anew each time, does not count."""
    boundary = parameter(content_type, "boundary") if media_type(content_type) == "multipart/form-data" else None
    return hashlib.sha256(body.replace(boundary.encode(), b"") if boundary else body).digest()


def repeat_id(owner: str, content: bytes, page: str | None, at: datetime, within: timedelta) -> UUID:
    """The submission id of this content. `page`: the id that a page load gave the form, which then needs no window."""
    return _named(owner, content, page if page is not None else f"window {_window(at, within)}")


def twins(owner: str, content: bytes, at: datetime, within: timedelta) -> frozenset[UUID]:
    """The request ids that this content has in the windows before and after."""
    window = _window(at, within)
    return frozenset(request_id(_named(owner, content, f"window {each}")) for each in (window - 1, window + 1))


def _window(at: datetime, within: timedelta) -> int:
    return (at - _EPOCH) // within


def _named(owner: str, content: bytes, name: str) -> UUID:
    # With the content in it: a form that was corrected and sent again is another submission.
    return submission_id_of_key(owner, f"{name}:{content.hex()}")
