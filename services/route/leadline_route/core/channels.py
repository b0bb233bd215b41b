"""Which channels may be used towards a lead, for which purpose and why (rules B1.9, B1.10).

Granted: yes. Withdrawn or declined: no. Unknown: by what the lead asked for, else by the law of its country. The lists
are for the company's counsel to check; this is no legal advice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.lead import Lead
from leadline_schemas.routed import AllowedChannel
from leadline_schemas.vocabulary import Channel

Region = Literal["opt_in", "opt_out"]
Purpose = Literal["respond", "marketing"]
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
    lead: Lead, country: str | None, request_types: Iterable[str], policy: ChannelPolicy
) -> tuple[AllowedChannel, ...]:
    """One entry per purpose and channel that there is an address for or a statement about."""
    asked = next((t for t in (lead.type, *request_types) if t in policy.asking_types), None)
    addresses: dict[str, str | None] = {
        "email": lead.email, "phone": lead.phone, "sms": lead.phone, "messaging": lead.phone,
    }  # fmt: skip
    stated = _stated(lead.consent, addresses)
    found = []
    for purpose in PURPOSES:
        for channel in CHANNELS:
            record = stated.get((purpose, channel))
            if record is None and channel not in ("email", "phone"):
                continue  # nobody ever spoke of it: not worth a line
            allowed, why = _judge(purpose, channel, record, asked, policy, country)
            if addresses[channel] is None:
                allowed, why = False, f"no {_NAMES[channel]} known"
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


def _judge(
    purpose: Purpose, channel: Channel, record: ConsentRecord | None, asked: str | None, policy: ChannelPolicy,
    country: str | None,
) -> tuple[bool, str]:  # fmt: skip
    state = record.state if record is not None else "unknown"
    if record is not None and state in ("granted", "declined", "withdrawn"):
        basis = f" ({record.basis})" if state == "granted" and record.basis else ""
        return state == "granted", f"{state}{basis}"
    said = "unknown consent" if state == "unknown" else "consent pending, counts as unknown"
    if purpose == "respond" and asked is not None and channel in policy.asking_channels:
        return True, f"{said}, but asked us: {asked} (pre_contract)"
    permitted = channel in policy.unknown[policy.region(country), purpose]
    return permitted, f"{said}, {policy.law(country)}"


def any_allowed(channels: Iterable[AllowedChannel], purpose: Purpose | None = None) -> bool:
    """May we use any channel at all (for this purpose)?"""
    return any(each.allowed for each in channels if purpose is None or each.purpose == purpose)


def signature(channels: Iterable[AllowedChannel]) -> str:
    """What is allowed, without the reasons: for telling whether anything changed."""
    return " ".join(f"{each.purpose}.{each.channel}" for each in channels if each.allowed)
