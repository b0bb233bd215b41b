"""The submissions of a batch, read once: from the record to what it says, before anything is looked up."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from leadline_capture.core.activity_reading import read_activity
from leadline_capture.core.acts import Observed
from leadline_capture.core.assigning import read_assignment
from leadline_capture.core.bodies import raw_body
from leadline_capture.core.consent_reading import read_consent
from leadline_capture.core.identity import Reservation
from leadline_capture.core.lead_reading import Submission, read_lead
from leadline_capture.core.mapping import submissions
from leadline_capture.core.ordered_act import OrderedAct
from leadline_capture.core.orders import Command, read_command
from leadline_capture.core.pointers import Pointer
from leadline_capture.core.receipt import Receipt, Repeats
from leadline_capture.core.repeats import fingerprint, twins
from leadline_capture.core.sources import Mapped, Source
from leadline_capture.rules import CaptureRules
from leadline_runtime.core.values import dataclass
from leadline_runtime.items import Item, Record
from leadline_runtime.outcomes import Never
from leadline_schemas.received import LeadReceived
from leadline_schemas.vocabulary import Source as Channel

SOURCES: frozenset[str] = frozenset(Channel.__args__)  # type: ignore[attr-defined]
Said = Submission | Observed | Command | OrderedAct | tuple[Pointer, ...] | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one record says; None if it speaks of no lead at all. `digest`: of its body, or of what is mapped of a
    source's, by which a repeat is told from another submission under its id. `fault`: why it could not be read."""

    received: LeadReceived
    digest: bytes
    said: Said = None
    fault: Exception | None = None
    test: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys to be locked before it is decided. What is kept apart takes no keys: a robot that writes a
        known person's address must not become that person."""
        said = self.said
        if said is None or isinstance(said, Command | OrderedAct | tuple):
            return ()
        if isinstance(said, Submission) and said.apart:
            return ()
        return said.keys.all

    def likely(self) -> Iterable[Reservation]:
        """Its keys as they will stand if all of them are new: the usual case, which then needs no second write."""
        said = self.said
        if not isinstance(said, Submission) or said.apart:
            return [Reservation(key) for key in self.keys]
        names = (said.name,) if said.name else ()
        held = [Reservation(key, said.lead_id, names) for _, key in said.keys.contact]
        claims = ((said.at, said.lead_id),)
        return [*held, *(Reservation(key, claims=claims) for key in said.keys.pseudonyms)]


Place = tuple[int, int]  # partition and offset of a record


def place(record: Record[Any]) -> Place:
    """Under which a record's parsed content is found."""
    return (record.partition, record.offset)


def read_all(items: Iterable[Item], rules: CaptureRules, decided_at: datetime) -> dict[Place, Parsed]:
    """Every record of the batch, read. A fault stays with its record and is raised when that is decided."""
    return {place(item): read(item.value, rules, decided_at) for item in items if isinstance(item, Record)}


def read(received: LeadReceived, rules: CaptureRules, decided_at: datetime) -> Parsed:
    """One record, read."""
    body = sha256(received.body.encode()).digest()
    try:
        if received.way == "commands":
            return Parsed(received, body, read_command(received, received.received_at or decided_at))
        if received.way == "assignments":
            return Parsed(received, body, read_assignment(received, received.received_at or decided_at))
        mapped = submissions(received, rules.sources)
        said = _said(mapped, _receipt(received, mapped, rules, decided_at), rules)
        return Parsed(received, _digest(mapped) if received.way == "source" else body, said, test=mapped.test)
    except Exception as fault:
        return Parsed(received, body, fault=fault)


def _digest(mapped: Mapped) -> bytes:
    """Of what a source says: vendors count their tries in the body, so a repeat is another body of the same content."""
    told = [each.model_dump_json() for each in (*mapped.leads, *mapped.activities)]
    told += [str(each.id) for each in mapped.pointers]
    return sha256("\n".join(told).encode()).digest()


def _said(mapped: Mapped, receipt: Receipt, rules: CaptureRules) -> Said:
    if len(mapped.leads) + len(mapped.activities) + len(mapped.consents) > 1:
        raise Never("several_in_one", "one record of lead.received holds one lead or one activity")
    if mapped.pointers and not (mapped.leads or mapped.activities):
        return mapped.pointers
    for lead in mapped.leads:
        return read_lead(lead, receipt, rules.tables)
    for activity in mapped.activities:
        return read_activity(activity, receipt, rules.tables)
    for consent in mapped.consents:
        return read_consent(consent, receipt, rules.tables)
    return None


def _receipt(received: LeadReceived, mapped: Mapped, rules: CaptureRules, decided_at: datetime) -> Receipt:
    known = rules.sources.sources.get(received.source) if received.way in ("source", "tracking") else None
    named: Any = known.channel if known else received.source
    notes = mapped.notes
    if known is not None and known.stamp is not None and received.form_signed is None:
        notes += ("the signature of the form's time was not looked at: the door has no secret for it",)
    return Receipt(
        submission_id=received.submission_id,
        received_at=received.received_at or decided_at,
        sender=received.authentication.key_id or received.source,
        source=named if named in SOURCES else "other",
        trusted=received.authentication.trusted,
        historical=received.historical,
        test=mapped.test,
        canary=received.canary is True and received.way == "leads",
        notes=notes,
        sent_at=received.sent_at,
        form_signed=received.form_signed,
        browser=_browser(received),
        repeats=_repeats(received, known),
    )


def _browser(received: LeadReceived) -> str | None:
    """The address of the lead's own browser. Behind an API key a browser may be that of a colleague who writes it down,
    and without a page it is a vendor's server that sends."""
    straight = received.way == "tracking" or received.authentication.method == "none"
    return received.remote_address if received.from_browser and straight else None


def _repeats(received: LeadReceived, known: Source | None) -> Repeats | None:
    within, at = known.repeats_within if known else None, received.received_at
    if known is None or within is None or at is None:
        return None
    content = fingerprint(raw_body(received), received.content_type)
    return Repeats(twins(known.name, content, at, within), within)
