"""Consent as a fold over statements in event time (rules B1.9), per purpose, channel and address.

The later of granted and withdrawn wins; declined and pending replace only what is not yet said; unknown says nothing.
A withdrawal speaks for the person, so it covers every address of its channel; a grant speaks for its own address.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from leadline_capture.core.emails import email_key
from leadline_runtime.core.values import dataclass
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.event import trusted
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose, ConsentState, LawfulBasis

_record_of = trusted(ConsentRecord)
CHANNELS: tuple[ConsentChannel, ...] = ("email", "phone", "sms", "messaging")
BY_CHANNEL: frozenset[str] = frozenset({"respond", "marketing"})  # the other purposes know no channel
MOST = 100  # statements kept before those are dropped that repeat the one before and the one after
_AT_ONCE = {
    "unknown": 0,
    "declined": 1,
    "pending": 2,
    "granted": 3,
    "withdrawn": 4,
}  # the later stands: the careful one


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said about consent. `at`: when it was said; `read_at`: when we received it."""

    purpose: ConsentPurpose
    channel: ConsentChannel
    address: str | None
    state: ConsentState
    basis: LawfulBasis | None
    at: datetime
    read_at: datetime
    source: str
    text_version: str | None = None
    evidence: str | None = None
    submission_id: UUID | None = None


# What went out: id, time, purpose and channel as `marketing.email` (older rows are without: they are that).
Sent = tuple[UUID, datetime] | tuple[UUID, datetime, str]
Subject = tuple[ConsentPurpose, ConsentChannel, str | None]  # the address by its key


def address_key(address: str) -> str:
    """Under which an e-mail address (normal form) or phone number (E.164) is the same."""
    return email_key(address) if "@" in address else address


def in_order(statements: Iterable[Statement]) -> list[Statement]:
    """In event time; at one instant the careful one last."""
    return sorted(statements, key=_order)


def _order(s: Statement) -> tuple[object, ...]:
    said_in = s.submission_id.hex if s.submission_id else ""
    return (s.at, _AT_ONCE[s.state], s.purpose, s.channel, s.address or "", s.source, said_in)


def consent_records(
    statements: Sequence[Statement], emails: Sequence[str], phones: Sequence[str]
) -> tuple[ConsentRecord, ...]:
    """The state of all that was spoken of. `emails`, `phones`: the lead's addresses, which a withdrawal covers."""
    known: dict[ConsentChannel, dict[str, str]] = {}
    found: dict[Subject, ConsentRecord] = {}
    for each in in_order(statements):
        for channel in _channels(each):
            if channel not in known:
                known[channel] = _addresses(channel, statements, emails if channel == "email" else phones)
            for key in _covered(each, known[channel]):
                subject = (each.purpose, channel, key)
                before = found.get(subject)
                if _replaces(each.state, before.state if before else "unknown"):
                    found[subject] = _record(each, channel, known[channel].get(key) if key else None)
    return tuple(found[subject] for subject in sorted(found, key=lambda s: (s[0], s[1], s[2] or "")))


def _addresses(channel: ConsentChannel, statements: Sequence[Statement], own: Sequence[str]) -> dict[str, str]:
    """Every address of a channel that is known of or spoken of, by its key."""
    spoken = (s.address for s in statements if s.address is not None and channel in _channels(s))
    found: dict[str, str] = {}
    for address in (*own, *spoken) if channel != "any" else ():
        found.setdefault(address_key(address), address)
    return found


def _channels(statement: Statement) -> Sequence[ConsentChannel]:
    if statement.purpose not in BY_CHANNEL:
        return ("any",)
    return CHANNELS if statement.channel == "any" else (statement.channel,)


def _covered(statement: Statement, known: dict[str, str]) -> Iterable[str | None]:
    if statement.purpose not in BY_CHANNEL:
        return (None,)
    if statement.state != "withdrawn" and statement.address is not None:
        return (address_key(statement.address),)
    return tuple(known) or (None,)


def _replaces(new: ConsentState, old: ConsentState) -> bool:
    if new in (old, "unknown"):
        return False
    if new == "declined":
        return old in ("unknown", "pending")
    if new == "pending":  # counts as unknown, so it takes away neither a yes nor a no
        return old == "unknown"
    return True


def _record(statement: Statement, channel: ConsentChannel, address: str | None) -> ConsentRecord:
    return _record_of(
        purpose=statement.purpose,
        channel=channel,
        address=address,
        state=statement.state,
        basis=statement.basis,
        since=statement.at,
        source=statement.source,
        text_version=statement.text_version,
        evidence=statement.evidence,
        submission_id=statement.submission_id,
    )


def state_of(
    records: Iterable[ConsentRecord], purpose: ConsentPurpose, channel: ConsentChannel, address: str | None = None
) -> ConsentState:
    """The state of one purpose, channel and address; absence is unknown."""
    key = address_key(address) if address else None
    for record in records:
        if record.purpose == purpose and record.channel == channel:
            own = address_key(record.address) if record.address else None
            if own == key:
                return record.state
    return "unknown"


def kept(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements to keep, in order: all, until they are many; then of each run of equal ones the first and last."""
    ordered = in_order(dict.fromkeys(statements))
    if len(ordered) <= MOST:
        return tuple(ordered)
    runs: dict[Subject, list[list[Statement]]] = {}
    for each in ordered:
        own = runs.setdefault((each.purpose, each.channel, each.address), [])
        if own and own[-1][0].state == each.state:
            own[-1][1:] = [each]
        else:
            own.append([each])
    return tuple(in_order(each for own in runs.values() for run in own for each in run))


def acted_after_withdrawal(statements: Iterable[Statement], sent: Iterable[Sent]) -> tuple[UUID, ...]:
    """What went out between a withdrawal of its purpose and channel and the moment we read of that, if nothing was
    granted anew in between: listed, not undone."""
    said = tuple(statements)
    late = [s for s in said if s.state == "withdrawn" and s.at < s.read_at]
    return tuple(each[0] for each in sent if any(_acted_after(each, s, said) for s in late)) if late else ()


def _acted_after(sent: Sent, withdrawn: Statement, said: Sequence[Statement]) -> bool:
    at = sent[1]
    purpose, _, channel = (sent[2] if len(sent) == 3 else "marketing.email").partition(".")
    if withdrawn.purpose != purpose or not withdrawn.at < at <= withdrawn.read_at:
        return False
    return _meet(withdrawn.channel, channel) and not any(
        s.state == "granted" and s.purpose == purpose and _meet(s.channel, channel) and withdrawn.at < s.at <= at
        for s in said
    )


def _meet(one: str, other: str) -> bool:
    return one == other or "any" in (one, other)
