"""Which channels may be used towards a lead, for which purpose and why (rules B1.9, B1.10).

Granted: yes. Withdrawn or declined: no. Unknown: by what the lead asked for, else by the law of its country. The lists
are for the company's counsel to check; this is no legal advice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any, Literal

from leadline_route.core.snapshot import Person
from leadline_runtime.core.values import dataclass
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.routed import AllowedChannel
from leadline_schemas.vocabulary import Channel

Region = Literal["opt_in", "opt_out"]
Purpose = Literal["respond", "marketing"]
REMEMBERED = 4096
Stated = dict[tuple[str, str], tuple[str, str | None]]  # purpose and channel → state and basis
CHANNELS: tuple[Channel, ...] = ("email", "phone", "sms", "messaging")
PURPOSES: tuple[Purpose, ...] = ("respond", "marketing")
NEVER = datetime.min.replace(tzinfo=UTC)
DECIDED = frozenset({"granted", "withdrawn"})


@dataclass(frozen=True, eq=False)
class ChannelPolicy:
    """What unknown consent means.

    `asking_types`: who asked us this way has granted `respond` on the `asking_channels` it gave (pre-contract).
    `unknown`: for everybody else, by region. A country in neither list counts as opt-in.
    """

    asking_types: frozenset[str]
    asking_channels: frozenset[str]
    opt_out_countries: frozenset[str]
    opt_in_countries: frozenset[str]
    unknown: Mapping[tuple[Region, Purpose], frozenset[str]]
    known: dict[tuple[Any, ...], tuple[AllowedChannel, ...]] = field(default_factory=dict, init=False, repr=False)

    def region(self, country: str | None) -> Region:
        """Which law holds for unknown consent."""
        return "opt_out" if country in self.opt_out_countries else "opt_in"

    def law(self, country: str | None) -> str:
        """The region in words."""
        if country is None:
            return "country unknown counts as opt-in"
        if country in self.opt_out_countries:
            return f"country {country} is opt-out"
        return f"country {country} {'is' if country in self.opt_in_countries else 'counts as'} opt-in"


def allowed_channels(
    lead: Person, country: str | None, request_types: Iterable[str], policy: ChannelPolicy
) -> tuple[AllowedChannel, ...]:
    """E-mail and phone for each purpose, and every other channel that something was said about.

    Remembered by what the answer depends on: leads differ in little of it.
    """
    asked = next((t for t in (lead.type, *request_types) if t in policy.asking_types), None)
    addresses: dict[str, str | None] = {
        "email": lead.email, "phone": lead.phone, "sms": lead.phone, "messaging": lead.phone,
    }  # fmt: skip
    stated: Stated = {key: (record.state, record.basis) for key, record in _stated(lead.consent, addresses).items()}
    key = (asked, country, lead.email is None, lead.phone is None, tuple(stated.items()))
    found = policy.known.get(key)
    if found is None:
        if len(policy.known) >= REMEMBERED:
            policy.known.clear()
        found = policy.known[key] = _each(addresses, stated, asked, country, policy)
    return found


def _each(
    addresses: Mapping[str, str | None], stated: Stated, asked: str | None, country: str | None, policy: ChannelPolicy
) -> tuple[AllowedChannel, ...]:
    found = []
    for purpose in PURPOSES:
        for channel in CHANNELS:
            said = stated.get((purpose, channel))
            if said is None and channel not in ("email", "phone"):
                continue  # nobody ever spoke of it: not worth a line
            if addresses[channel] is None:
                allowed, why = False, f"no {_NAMES[channel]} known"
            elif said is not None and said[0] not in ("unknown", "pending"):
                allowed, why = said[0] == "granted", f"{said[0]} ({said[1]})" if said[1] else said[0]
            else:
                allowed, why = _unknown(purpose, channel, said, asked, country, policy)
            found.append(AllowedChannel(purpose=purpose, channel=channel, allowed=allowed, why=why))
    return tuple(found)


_NAMES: Mapping[str, str] = {"email": "e-mail address", "phone": "phone number", "sms": "number", "messaging": "number"}


def _stated(
    records: Iterable[ConsentRecord], addresses: Mapping[str, str | None]
) -> dict[tuple[str, str], ConsentRecord]:
    """What counts per purpose and channel: the later of grant and withdrawal, else a refusal, else what there is.

    A withdrawal covers all addresses of its channel, anything else its own only.
    """
    newest: dict[tuple[str, str], ConsentRecord] = {}
    for record in records:
        if record.purpose not in PURPOSES:
            continue
        for channel in CHANNELS if record.channel == "any" else (record.channel,):
            own = record.address is None or record.address == addresses[channel] or record.channel == "any"
            if not own and record.state != "withdrawn":
                continue
            key = (record.purpose, channel)
            if key not in newest or _weight(record) > _weight(newest[key]):
                newest[key] = record
    return newest


def _weight(record: ConsentRecord) -> tuple[int, datetime, bool]:
    rank = 2 if record.state in DECIDED else 1 if record.state == "declined" else 0
    return rank, record.since or NEVER, record.state == "withdrawn"


def _unknown(
    purpose: Purpose,
    channel: Channel,
    said: tuple[str, str | None] | None,
    asked: str | None,
    country: str | None,
    policy: ChannelPolicy,
) -> tuple[bool, str]:
    words = "consent pending, counts as unknown" if said is not None and said[0] == "pending" else "unknown consent"
    if purpose == "respond" and asked is not None and channel in policy.asking_channels:
        return True, f"{words}, but asked us: {asked} (pre_contract)"
    return channel in policy.unknown[policy.region(country), purpose], f"{words}, {policy.law(country)}"


def withdrawn(channels: Iterable[AllowedChannel]) -> bool:
    """Did the person withdraw consent to be answered, so that no channel is left to reach it by?"""
    told = tuple(channels)
    asked = [each for each in told if each.purpose == "respond"]
    return any(each.why == "withdrawn" for each in asked) and not any(each.allowed for each in told)


def any_allowed(channels: Iterable[AllowedChannel], purpose: Purpose | None = None) -> bool:
    """May we use any channel at all (for this purpose)?"""
    return any(each.allowed for each in channels if purpose is None or each.purpose == purpose)


def signature(channels: Iterable[AllowedChannel]) -> str:
    """What is allowed, without the reasons: for telling whether anything changed."""
    return " ".join(f"{each.purpose}.{each.channel}" for each in channels if each.allowed)
