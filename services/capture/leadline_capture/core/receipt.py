"""How a submission came in, and the tables of the rules by which it is read."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from leadline_capture.core.attribution import Channels
from leadline_capture.core.effective_time import Effective, Trusted, corrected_time, effective_time
from leadline_capture.core.emails import Address
from leadline_capture.core.identity import KeyRules, Keys
from leadline_capture.core.known_lead import external_key
from leadline_capture.core.lookalikes import Lookalikes
from leadline_capture.core.normalise import Words
from leadline_capture.core.phones import Phone
from leadline_capture.core.spam import SpamRules
from leadline_runtime.core.values import dataclass
from leadline_schemas.payloads import ActivityPayload, ConsentSubmission, LeadPayload
from leadline_schemas.vocabulary import Segment, Source


@dataclass(frozen=True, slots=True)
class SourceRule:
    """What a source is worth: how far its values are trusted (rules B1.6), and its segment."""

    trust: int
    segment: Segment


@dataclass(frozen=True, slots=True)
class CaptureTables:
    """Everything of the rules that reading and deciding need. `type_window`: see `lead_type`;
    `public_trust`: the most that a sender who has not proved who it is can be trusted with."""

    sources: Mapping[str, SourceRule]
    public_trust: int
    trusted_time: Trusted
    type_window: timedelta
    held_for: timedelta
    consent_held_for: timedelta
    keys: KeyRules
    words: Words
    spam: SpamRules
    channels: Channels
    lookalikes: Lookalikes


@dataclass(frozen=True, slots=True)
class Repeats:
    """The requests that would be this one sent twice, if they were received `within` of it."""

    requests: frozenset[UUID]
    within: timedelta


@dataclass(frozen=True, slots=True)
class Receipt:
    """How it came in. `sender`: the name under which its own ids are unique; `source` if it is one of the list;
    `sent_at`: when it was sent, by the clock of its sender; `browser`: the address of the person's own browser, if that
    sent it; `canary`: it came with the canary's key."""

    submission_id: UUID
    received_at: datetime
    sender: str
    source: Source
    trusted: bool = False
    historical: bool = False
    test: bool = False
    canary: bool = False
    notes: tuple[str, ...] = ()
    sent_at: datetime | None = None
    form_signed: bool | None = None
    browser: str | None = None
    repeats: Repeats | None = None

    def when(self, occurred_at: datetime | None, trusted: Trusted) -> Effective:
        """When it happened. The error of the sender's clock is taken out where it is known, but of history: its times
        are dates on record and were never read from that clock."""
        if self.sent_at is not None and occurred_at is not None and not self.historical:
            occurred_at = corrected_time(occurred_at, self.sent_at, self.received_at)
        return effective_time(occurred_at, self.received_at, trusted)

    def keys(
        self,
        payload: LeadPayload | ActivityPayload | ConsentSubmission,
        email: Address | None,
        phone: Phone | None,
        rules: KeyRules,
    ) -> Keys:
        """The keys a payload carries. A public form's external id is ignored: anybody could write there who he wants
        to be. A number outside the ranges in use is no key, nor is a placeholder: they would join strangers."""
        given = payload.external_id if self.trusted else None
        external, anonymous = _real(given.id if given else None, rules), _real(payload.anonymous_id, rules)
        user = _real(payload.user_id, rules)
        return Keys(
            external=external_key(given.system.strip(), external) if given and external else None,
            email=f"e:{email.key}" if email else None,
            phone=f"p:{phone.e164}" if phone and phone.valid else None,
            anonymous=f"a:{anonymous}" if anonymous and anonymous != user else None,
            role=email.role if email else False,
            user=f"a:{user}" if user else None,
        )


def _real(identifier: str | None, rules: KeyRules) -> str | None:
    found = identifier.strip() if identifier else ""
    return found if found and found.lower() not in rules.placeholders else None
