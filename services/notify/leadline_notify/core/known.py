"""What notify keeps of a lead: how it stands, so that a promise's notice can say whose it is and how it came."""

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """`assignment`: the newest that was told; `historical`: it only came with imports of old leads, which tell none."""

    assignment: int = 0
    owner: str | None = None
    manager: str | None = None
    request: str | None = None
    source: str | None = None
    grade: str | None = None
    temperature: str | None = None
    territory: str | None = None
    historical: bool = False


NOTHING = Known()
