"""What a submission or an act says about consent, as statements."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from leadline_capture.core.consent import BY_CHANNEL, CHANNELS, Statement
from leadline_capture.core.phones import read_phone
from leadline_capture.core.receipt import Receipt
from leadline_schemas.payloads import ConsentPayload, ConsentSubmission
from leadline_schemas.vocabulary import (
    HAND_RAISES,
    ActivityKind,
    ConsentChannel,
    ConsentPurpose,
    ConsentState,
    LawfulBasis,
    LeadType,
)

_SAID: dict[str, ConsentState] = {
    "consent.pending": "pending",
    "consent.granted": "granted",
    "consent.withdrawn": "withdrawn",
    "consent.declined": "declined",
}
KIND_OF: dict[str, ActivityKind] = {
    "pending": "consent.pending",
    "granted": "consent.granted",
    "withdrawn": "consent.withdrawn",
    "declined": "consent.declined",
}


class Speaker:
    """Who speaks, when, and with which addresses: what all statements of one submission share.

    `email` and `phone` are the addresses given with it, in their normal forms.
    """

    def __init__(
        self, at: datetime, receipt: Receipt, source: str, *, email: str | None = None, phone: str | None = None
    ) -> None:
        self.at, self.receipt, self.source = at, receipt, source
        self.email, self.phone = email, phone

    def of_submission(
        self, type_: LeadType, marketing_checkbox: bool | None, payloads: Iterable[ConsentPayload]
    ) -> list[Statement]:
        """All a form says: asking us grants an answer on the addresses given, the box speaks for its e-mail address."""
        found = [each for payload in payloads for each in self.declared(payload)]
        if type_ in HAND_RAISES:
            if self.email:
                found.append(self._says("respond", "email", self.email, "granted", "pre_contract"))
            if self.phone:
                found.append(self._says("respond", "phone", self.phone, "granted", "pre_contract"))
        if marketing_checkbox is not None and self.email:
            state: ConsentState = "granted" if marketing_checkbox else "declined"
            found.append(self._says("marketing", "email", self.email, state, "consent"))
        return found

    def of_act(self, kind: str, purpose: ConsentPurpose | None, channel: ConsentChannel | None) -> list[Statement]:
        """What an act of kind `consent.*` says; without a purpose it is about marketing, as an unsubscribe link is."""
        state = _SAID.get(kind)
        if state is None:
            return []
        basis: LawfulBasis | None = "consent" if state == "granted" else None
        return self._spread(self._says(purpose or "marketing", channel or "any", None, state, basis))

    def declared(self, payload: ConsentPayload | ConsentSubmission) -> list[Statement]:
        """What one statement says, address by address."""
        read_at = self.receipt.received_at
        at = min(payload.occurred_at, read_at) if payload.occurred_at else self.at
        stated = Statement(
            payload.purpose, payload.channel, self._normal(payload.address), payload.state, payload.basis,
            at, read_at, self.source, payload.text_version, payload.evidence,
            self.receipt.submission_id,
        )  # fmt: skip
        return self._spread(stated)

    def _normal(self, address: str | None) -> str | None:
        if address is None:
            return None
        text = address.strip().lower()
        if "@" in text:
            return text
        number = read_phone(text, ())
        return number.e164 if number else "".join(c for c in text if c.isdigit() or c == "+")

    def _spread(self, stated: Statement) -> list[Statement]:
        """A grant speaks only for addresses: those given with it, if it names none. A withdrawal needs none."""
        if stated.state == "withdrawn" or stated.purpose not in BY_CHANNEL:
            return [stated]
        if stated.address is not None:
            own = ("email",) if "@" in stated.address else CHANNELS[1:]
            return [replace(stated, channel=each) for each in own] if stated.channel == "any" else [stated]
        channels = CHANNELS if stated.channel == "any" else (stated.channel,)
        known = [(c, self.email if c == "email" else self.phone) for c in channels]
        spread = [replace(stated, channel=channel, address=address) for channel, address in known if address]
        return spread or [stated]

    def _says(
        self,
        purpose: ConsentPurpose,
        channel: ConsentChannel,
        address: str | None,
        state: ConsentState,
        basis: LawfulBasis | None,
    ) -> Statement:
        read_at, said_in = self.receipt.received_at, self.receipt.submission_id
        return Statement(purpose, channel, address, state, basis, self.at, read_at, self.source, submission_id=said_in)
