"""What a person agrees to and what it refuses: who may be asked about it, and what may be found out."""

from collections.abc import Iterable

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.vocabulary import ConsentPurpose

_REFUSED = frozenset({"declined", "withdrawn"})
_NONE: frozenset[ConsentPurpose] = frozenset()


def refused_purposes(records: Iterable[ConsentRecord]) -> frozenset[ConsentPurpose]:
    """The purposes refused anywhere, as score reads them too (rules B1.9). Silence is no refusal."""
    return frozenset([record.purpose for record in records if record.state in _REFUSED]) if records else _NONE


def consents(records: Iterable[ConsentRecord], purpose: ConsentPurpose | None) -> bool:
    """Is the purpose granted, by any channel or address, and nowhere declined or withdrawn? Unknown is no consent."""
    if purpose is None:
        return True
    states = {record.state for record in records if record.purpose == purpose}
    return "granted" in states and not states & _REFUSED
