"""A body that only points at a lead: what must be fetched, from where, and when it is tried again. Pure."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal
from uuid import UUID

from leadline_runtime.core.url_templates import filled
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Model
from leadline_schemas.ids import derived_id

# What a vendor calls its objects: no slash, no dots alone, nothing that could be more than a part of a path.
_PART: Final = re.compile(r"[A-Za-z0-9_:.~-]{1,200}", re.ASCII)
FIRST_WAIT: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(hours=1)


class BadPointer(ValueError):
    """The pointer names something that can be no part of an address. The text names the part, never its value."""


@dataclass(frozen=True, slots=True)
class Token:
    """Where the vendor wants to see the secret of this name: in a header after `prefix`, or in the query."""

    secret: str
    place: Literal["header", "query"]
    name: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """How an object is got. `url`: https, the host written out, `{id}` and other parts in its path or query.

    becomes: the source whose mapping reads what comes. headers: sent with every request.
    """

    url: str
    becomes: str
    token: Token | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a notification points at. `parts` fill the address; `notification`: the vendor's id of the notice itself."""

    source: str
    becomes: str
    notification: str
    parts: Mapping[str, str]

    @property
    def id(self) -> UUID:
        """One notice is one fetch, however often it is told."""
        return derived_id("pointer", self.source, self.becomes, self.notification)


class PointerPayload(Model):
    """What a mapping finds of a pointer. notification: the vendor's id of the notice; without one, the object's own."""

    id: str | None = None
    notification: str | None = None
    parts: dict[str, str] = {}


def pointer_of(source: str, becomes: str, found: Mapping[str, Any]) -> Pointer | None:
    """The pointer in what a mapping found; None if it names no object."""
    payload = PointerPayload.model_validate(found)
    if payload.id is None:
        return None
    return Pointer(source, becomes, payload.notification or payload.id, {**payload.parts, "id": payload.id})


def address(fetch: Fetch, pointer: Pointer) -> str:
    """The address of the object. Raises BadPointer if a part is missing, or is more than a part of an address."""

    def part_of(name: str) -> str:
        part = pointer.parts.get(name)
        if part is None:
            raise BadPointer(f"{name} is missing")
        if not _PART.fullmatch(part) or not part.strip("."):
            raise BadPointer(f"{name} is no id: only letters, digits and _ : . ~ - may stand in an address")
        return part

    return filled(fetch.url, part_of)


def next_try(attempts: int, share: float, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many failed attempts: doubled each time, up to an hour, never sooner than asked for.

    share: from 0 to 1, by which pointers that failed together do not come back together.
    """
    grown = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts, 20))
    spread: timedelta = grown * (0.5 + share / 2)
    return max(spread, min(asked or timedelta(), LONGEST_WAIT))
