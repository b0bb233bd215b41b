"""May a provider be asked about a lead? Some may only be, if the person said so (semantics: purposes of consent)."""

from collections.abc import Iterable

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.vocabulary import ConsentPurpose


def consents(records: Iterable[ConsentRecord], purpose: ConsentPurpose | None) -> bool:
    """Is the purpose granted, by any channel or address, and nowhere declined or withdrawn? Unknown is no consent."""
    if purpose is None:
        return True
    states = {record.state for record in records if record.purpose == purpose}
    return "granted" in states and not states & {"declined", "withdrawn"}
