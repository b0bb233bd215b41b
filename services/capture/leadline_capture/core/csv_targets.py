"""What a column of a CSV file can be: the fields of a lead, by the names that `--map` takes."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, Literal

from leadline_runtime.core.values import dataclass
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose, LeadType, Source

Kind = Literal["text", "lines", "whole_number", "instant", "choice", "granted", "withdrawn", "extra", "none"]
_CHANNELS: Final = frozenset(ConsentChannel.__args__)  # type: ignore[attr-defined]
_PURPOSES: Final = frozenset(ConsentPurpose.__args__)  # type: ignore[attr-defined]
_CHOICES: Final = {"type": frozenset(LeadType.__args__), "source": frozenset(Source.__args__)}  # type: ignore[attr-defined]
_PLAIN: Final = (
    "id", "name", "first_name", "last_name", "title", "email", "phone", "anonymous_id", "company", "website", "city",
    "postal_code", "state", "country", "language", "ip", "industry", "revenue", "budget", "timeline", "interest",
    "owner", "source_detail",
)  # fmt: skip
_LONGEST: Final = {
    "email": 320, "phone": 50, "ip": 100, "message": 5000, "website": 2000, "referrer": 2000, "landing_page": 2000,
}  # fmt: skip
_PARTS: Final = {
    "referrer": ("name", "email", "phone"),
    "attribution": (
        "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "click_id", "referrer", "landing_page",
    ),
}  # fmt: skip
_SYSTEM: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
IGNORED: Final = "-"
NAMES: Final = (
    *_PLAIN, "street", "message", "employees", "occurred_at", "event_end", "type", "source",
    "external_id.SYSTEM", *(f"{whole}.{part}" for whole, parts in _PARTS.items() for part in parts),
    "consent.PURPOSE[.CHANNEL]", "opt_out[.CHANNEL]", "extra", IGNORED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What a column's values become. `path`: where in the payload; `choices`: of a closed list."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    longest: int = 200
    choices: frozenset[str] = frozenset()

    @property
    def whole(self) -> bool:
        """Never cut: a shortened address is another one."""
        return self.path[-1] in ("email", "phone", "id", "anonymous_id", "website") or self.path[0] == "external_id"


def _fixed() -> Iterator[Target]:
    """The targets whose names are given; the others have a part that a person chooses."""
    for name in _PLAIN:
        yield Target(name, "text", (name,), _LONGEST.get(name, 200))
    for name in ("street", "message"):
        yield Target(name, "lines", (name,), _LONGEST.get(name, 200))
    for name in ("occurred_at", "event_end"):
        yield Target(name, "instant", (name,))
    for name, choices in _CHOICES.items():
        yield Target(name, "choice", (name,), choices=choices)
    for whole, parts in _PARTS.items():
        for part in parts:
            yield Target(f"{whole}.{part}", "text", (whole, part), _LONGEST.get(part, 200))
    yield Target("employees", "whole_number", ("employees",))
    yield Target("extra", "extra", ("extra",))
    yield Target(IGNORED, "none", (IGNORED,))


@cache
def _by_name() -> Mapping[str, Target]:
    return {each.name: each for each in _fixed()}


def target(name: str) -> Target | None:
    """The target of this name; None if there is none."""
    first, _, rest = name.partition(".")
    if first == "external_id" and _SYSTEM.fullmatch(rest):
        return Target(name, "text", (first, rest))
    return _by_name().get(name) or _consent(first, rest, name)


def _consent(first: str, rest: str, name: str) -> Target | None:
    if first == "opt_out" and (rest or "any") in _CHANNELS:
        return Target(name, "withdrawn", ("marketing", rest or "any"))
    purpose, _, channel = rest.partition(".")
    if first == "consent" and purpose in _PURPOSES and (channel or "any") in _CHANNELS:
        return Target(name, "granted", (purpose, channel or "any"))
    return None
