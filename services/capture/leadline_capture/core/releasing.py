"""A lead that was kept apart and turns out to be one: its keys, which it did not take while it was apart."""

from dataclasses import replace

from leadline_capture.core.emails import read_email
from leadline_capture.core.identity import Keys, Match
from leadline_capture.core.joining import suspected
from leadline_capture.core.known_lead import KnownLead, external_key
from leadline_capture.core.phones import read_phone
from leadline_capture.core.receipt import CaptureTables


def keys_of(known: KnownLead, tables: CaptureTables) -> Keys:
    """The keys that its submission carried."""
    email = read_email(known.emails[0], tables.words.roles) if known.emails else None
    phone = read_phone(known.phones[0], ()) if known.phones else None
    external = known.external_ids[0] if known.external_ids else None
    return Keys(
        external=external_key(external.system, external.id) if external else None,
        email=f"e:{email.key}" if email else None,
        phone=f"p:{phone.e164}" if phone and phone.valid else None,
        role=email.role if email else False,
    )


def released(known: KnownLead, match: Match) -> KnownLead:
    """The lead as one of its own. Who its keys lead to may be the same person: a person decides."""
    suspects = tuple((lead, kind) for lead, kind in ((match.lead_id, match.kind), *match.suspects) if lead and kind)
    return replace(
        known,
        quarantine=None,
        possible_duplicates=suspected(known.possible_duplicates, Match(None, None, suspects)),
    )
