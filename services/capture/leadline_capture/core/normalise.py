"""A lead payload's fields in their normal forms, each with the original where that differs.

What cannot be read is no reason to refuse: it is noted, and kept as the person gave it under `extra`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import field

from leadline_capture.core.companies import company_key, website_host
from leadline_capture.core.emails import Address, read_email
from leadline_capture.core.names import name_tokens, read_name
from leadline_capture.core.networks import network_of
from leadline_capture.core.phones import Phone, read_phone
from leadline_capture.core.places import country_code, language_and_region, region_code
from leadline_capture.core.survivorship import Value
from leadline_capture.core.text import clean, clean_lines, folded
from leadline_capture.core.timelines import timeline_months
from leadline_runtime.core.values import dataclass
from leadline_schemas.payloads import LeadPayload, ReferrerPayload

PLAIN = ("title", "industry", "revenue", "budget", "interest")


@dataclass(frozen=True, slots=True)
class Words:
    """The words that rules teach: legal suffixes of firms, other names of countries, phrases for a timeline."""

    legal_suffixes: frozenset[str]
    countries: Mapping[str, str]
    timelines: Mapping[str, int]
    roles: frozenset[str]


@dataclass(slots=True)
class Normal:
    """The outcome: values by field, the contact data that make keys, the person's folded name, what was odd."""

    values: list[Value] = field(default_factory=list)
    email: Address | None = None
    phone: Phone | None = None
    name: str = ""
    notes: list[str] = field(default_factory=list)

    def keep(self, field_: str, shown: str | int | dict[str, str], form: str, original: str | None = None) -> None:
        """Take over one value."""
        self.values.append(Value(field_, form, shown, original if original != shown else None))

    def place(self, address: str | None) -> None:
        """Take over where the person's browser was; an address that is none is noted and not kept."""
        if not address:
            return
        network = network_of(address)
        if network is None:
            self.notes.append("ip_not_readable")
        else:
            self.keep("ip", network, network)

    def unread(self, field_: str, text: str) -> None:
        """Note that a field could not be read, and keep it as given."""
        self.notes.append(f"{field_}_not_readable")
        self.keep(f"extra.{field_}_as_given", text, text)


def normalised(payload: LeadPayload, words: Words) -> Normal:
    """Every field of a payload, read."""
    normal = Normal()
    country = _place(payload, words, normal)
    _person(payload, words, normal, country)
    _company(payload, words, normal)
    _wishes(payload, words, normal)
    for key, text in payload.extra.items():
        shown = clean_lines(text)
        if shown:
            normal.keep(f"extra.{clean(key) or key}", shown, shown)
    return normal


def _place(payload: LeadPayload, words: Words, normal: Normal) -> str | None:
    parts = [(part, clean(getattr(payload, part))) for part in ("street", "postal_code", "city")]
    block = {part: text for part, text in parts if text}
    country: str | None = None
    given = clean(payload.country)
    if given:
        country = country_code(given, words.countries)
        if country:
            block["country"] = country
        else:
            normal.unread("country", given)
    state = clean(payload.state)
    if state:
        code = region_code(country, state) if country else None
        if code:
            block["state"] = code
        else:
            normal.unread("state", state)
    if block:
        form = "|".join(f"{part}={folded(text)}" for part, text in sorted(block.items()))
        said = [f"{part}: {text}" for part, text in (("state", state), ("country", given)) if text]
        written = [f"{part}: {block[part]}" for part in ("state", "country") if part in block]
        normal.keep("address", block, form, "; ".join(said) if said != written else None)
    return country


def _person(payload: LeadPayload, words: Words, normal: Normal, country: str | None) -> None:
    name = read_name(payload.name, payload.first_name, payload.last_name)
    if name:
        normal.name = folded_name(name.full)
        parts = {"name": name.full, "first_name": name.first, "last_name": name.last}
        normal.keep("name", {part: text for part, text in parts.items() if text}, folded(name.full))
    if payload.email and payload.email.strip():
        normal.email = read_email(payload.email, words.roles)
        if normal.email:
            normal.keep("email", normal.email.normal, normal.email.key, payload.email)
        else:
            normal.unread("email", payload.email.strip())
    spoken = clean(payload.language)
    language, region = language_and_region(spoken) if spoken else (None, None)
    if language:
        normal.keep("language", language, language, spoken)
    elif spoken:
        normal.unread("language", spoken)
    given = clean(payload.phone)
    if given:
        normal.phone = read_phone(given, [each for each in (country, region) if each])
        if normal.phone:
            normal.keep("phone", normal.phone.e164, normal.phone.e164, given)
            if not normal.phone.valid:
                normal.notes.append("phone_not_in_use")
        else:
            normal.unread("phone", given)


def folded_name(name: str) -> str:
    """A person's name for comparison: its telling words in a fixed order."""
    return " ".join(sorted(name_tokens(name)))


def _company(payload: LeadPayload, words: Words, normal: Normal) -> None:
    company = clean(payload.company)
    if company:
        normal.keep("company", company, company_key(company, words.legal_suffixes))
    website = clean(payload.website)
    if website:
        normal.keep("website", website, website_host(website) or website)
    if payload.employees is not None:
        normal.keep("employees", payload.employees, str(payload.employees))


def _wishes(payload: LeadPayload, words: Words, normal: Normal) -> None:
    for name in PLAIN:
        text = clean(getattr(payload, name))
        if text:
            normal.keep(name, text, folded(text))
    timeline = clean(payload.timeline)
    if timeline:
        months = timeline_months(timeline, words.timelines)
        if months is None:
            normal.unread("timeline", timeline)
        else:
            normal.keep("timeline_months", months, str(months), timeline)
    message = clean_lines(payload.message)
    if message:
        normal.keep("message", message, message)
    if payload.referrer:
        parts = dict(_referrer(payload.referrer))
        if parts:
            normal.keep("referrer", parts, parts.get("email") or folded(" ".join(parts.values())))


def _referrer(payload: ReferrerPayload) -> Iterator[tuple[str, str]]:
    for part in ("name", "email", "phone"):
        text = clean(getattr(payload, part))
        if text:
            yield part, text.lower() if part == "email" else text
