"""Rows of capture's own tables as bytes: held acts, and what a reservation holds besides its key and holder."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from leadline_capture.core.acts import Observed
from leadline_capture.core.identity import Reservation
from leadline_capture.core.pointers import Pointer

Detail = tuple[
    tuple[str, ...],  # names
    tuple[tuple[str, UUID], ...],  # named
    tuple[UUID, ...],  # others
    tuple[tuple[datetime, UUID], ...],  # claims
]
_DETAIL: TypeAdapter[Detail] = TypeAdapter(Detail)
_HELD: TypeAdapter[Observed] = TypeAdapter(Observed)
_POINTER: TypeAdapter[Pointer] = TypeAdapter(Pointer)


def detail_of(row: Reservation) -> bytes:
    """All but key and holder; empty if there is nothing."""
    if not (row.names or row.named or row.others or row.claims):
        return b""
    return to_json((row.names, row.named, row.others, row.claims))


def reservation(key: str, holder: UUID | None, detail: bytes) -> Reservation:
    """A row as it was stored."""
    return Reservation(key, holder, *_DETAIL.validate_json(detail)) if detail else Reservation(key, holder)


def pointer_bytes(pointer: Pointer) -> bytes:
    """A pointer."""
    return _POINTER.dump_json(pointer)


def pointer(data: bytes) -> Pointer:
    """A pointer, back."""
    return _POINTER.validate_json(data)


def held_bytes(act: Observed) -> bytes:
    """A held act."""
    return _HELD.dump_json(act, exclude_defaults=True)


def held_act(data: bytes) -> Observed:
    """A held act, back."""
    return _HELD.validate_json(data)
